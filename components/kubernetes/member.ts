import { readFileSync } from "node:fs";
import { join } from "node:path";
import { assignments, quote } from "../hosts/shell";
import {
  type ClusterConfig,
  clusterConfiguration,
  documents,
  initConfiguration,
  type JoinConfig,
  joinConfiguration,
  type NodeConfig,
} from "./kubeadm-config";
import { type ProgramSource, programsScript } from "./programs";

/** What a host needs to know to become a member, whichever way. */
export interface MemberArgs {
  node: NodeConfig;
  version: string;
  source: ProgramSource;
  /** Identity of the cluster, noted on each of its nodes. */
  cluster: string;
  /** Checks of kubeadm that may fail. */
  ignorePreflightErrors: string[];
}

const body = readFileSync(join(__dirname, "member.sh"), "utf8");

/** Part of a script: settings, and functions to install programs and to know members. */
export const memberFunctions = ({
  node,
  version,
  source,
  cluster,
  ignorePreflightErrors,
}: MemberArgs): string =>
  programsScript(node.name, version, source) +
  assignments({ cluster, ignore: ignorePreflightErrors.join(",") }) +
  body;

/**
 * Script that makes the cluster on its first control plane, where it isn't there, and prints the hash of its
 * certificate authority as the last line. It never makes a second cluster beside one of which a control plane answers.
 * One that was cut is taken up where it was: kubeadm keeps what it has made.
 * https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/create-cluster-kubeadm/
 */
export function initScript(args: MemberArgs, config: ClusterConfig, takesPods: boolean): string {
  const { node } = args;
  const others = config.controlPlane.filter(({ name }) => name !== node.name);
  const askOthers = others.map(
    ({ name, address }) => `
if curl --insecure --silent --max-time 5 --output /dev/null ${quote(`https://${address}:6443/livez`)}; then
  fail ${quote(`${node.name} is no member of the cluster any more, and ${name} is one; nothing was changed. Put ${name} first in kubernetes.controlPlane, and ${node.name} joins it`)}
fi`,
  );
  return `${memberFunctions(args)}
if marked member; then
  [ -e /etc/kubernetes/pki/ca.crt ] ||
    fail "it was the first node of the cluster, and its certificates are gone; nothing was changed. If another cluster is to be made: rm $mark"
  echo "cluster: unchanged"
  ca_hash
  return
fi
again=
if marked begun; then
  again="FileAvailable--etc-kubernetes-manifests-kube-apiserver.yaml,FileAvailable--etc-kubernetes-manifests-kube-controller-manager.yaml,FileAvailable--etc-kubernetes-manifests-kube-scheduler.yaml,FileAvailable--etc-kubernetes-manifests-etcd.yaml,DirAvailable--var-lib-etcd,Port-6443,Port-10259,Port-10257,Port-10250,Port-2379,Port-2380"
elif [ -e /etc/kubernetes/kubelet.conf ] || [ -e /etc/kubernetes/admin.conf ] || [ -e /etc/kubernetes/pki/ca.crt ]; then
  refuse_foreign
elif [ -d /var/lib/etcd/member ]; then
  fail "there is data of etcd in /var/lib/etcd; nothing was changed. Move it away if it is not needed"
fi${askOthers.join("")}
install_programs
begin
with_config <<'CONFIG'
${documents(initConfiguration(node, takesPods), clusterConfiguration(config))}CONFIG
if in_container; then # where the kernel's connection table belongs to the machine
  cat >>"$config" <<'CONFIG'
---
${documents({ apiVersion: "kubeproxy.config.k8s.io/v1alpha1", kind: "KubeProxyConfiguration", conntrack: { maxPerCore: 0, min: 0 } })}CONFIG
fi
ignore=$ignore\${again:+,$again}
kubeadm init --config "$config" --skip-token-print --ignore-preflight-errors="$(ignored_checks)" >&2
finish
echo "cluster: made"
ca_hash
`;
}

/**
 * Script that makes a host a member of the cluster, unless it is. A member of another one is refused. What a join that
 * was cut left behind is taken away first; it is no more than the others have.
 * https://kubernetes.io/docs/reference/setup-tools/kubeadm/kubeadm-join/
 */
export function joinScript(args: MemberArgs, join: JoinConfig): string {
  return `${memberFunctions(args)}
if [ -e /etc/kubernetes/pki/ca.crt ]; then
  [ "$(ca_hash)" = ${quote(join.caHash)} ] || refuse_foreign
  if marked member; then
    echo "member: unchanged"
    return
  fi
  marked begun || refuse_foreign
  kubeadm reset --force >&2
elif [ -e /etc/kubernetes/kubelet.conf ]; then
  marked begun || refuse_foreign
  kubeadm reset --force >&2
fi
install_programs
begin
with_config <<'CONFIG'
${documents(joinConfiguration(args.node, join))}CONFIG
kubeadm join --config "$config" --ignore-preflight-errors="$(ignored_checks)" >&2
finish
echo "member: joined"
`;
}
