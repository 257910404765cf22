import { quote } from "../hosts/shell";
import { type ClusterConfig, clusterConfiguration, documents } from "./kubeadm-config";
import { admin } from "./kubectl";
import { memberFunctions, type MemberArgs } from "./member";

// A node goes to another version in three steps: it is drained (asked of a control plane), changed (on the node), and
// used again when it is ready. https://kubernetes.io/docs/tasks/administer-cluster/kubeadm/kubeadm-upgrade/

/** Notes on a node that it was cordoned for an upgrade: one that the operator drained stays so. */
const annotation = "farmstack/upgrade";

/** How long the pods of a node may take to leave, as kubectl takes it. */
const drainTimeout = "15m";

/**
 * Script for a control plane: drains a node that is of another version. Budgets for disruption are kept. A version that
 * is older, or skips a minor one, is refused before anything is touched, and so is a change while another node is away.
 * @param look command that shows the nodes, for the messages
 */
export function drainScript(node: string, version: string, look: string): string {
  return `
current=$(${admin} get node ${quote(node)} --output 'jsonpath={.status.nodeInfo.kubeletVersion}')
if [ "$current" = ${quote(`v${version}`)} ]; then
  echo ${quote(`${node}: v${version}`)}
  return
fi
number() { echo "$1" | sed 's/^v//; s/[-+].*//' | tr . ' '; }
set -- $(number "$current") $(number ${quote(version)})
if [ "$1" != "$4" ] || [ "$5" -gt $(($2 + 1)) ]; then
  echo "${node} is at $current: minor versions can't be skipped, so go to v$1.$(($2 + 1)) first (kubernetes.version). Nothing was changed." >&2
  exit 1
fi
if [ "$5" -lt "$2" ] || { [ "$5" = "$2" ] && [ "$6" -lt "$3" ]; }; then
  echo "${node} is at $current, and Kubernetes does not go back to an older version. Nothing was changed." >&2
  exit 1
fi
away=$(${admin} get nodes --no-headers | awk -v node=${quote(node)} '$1 != node && $2 !~ /^Ready/ { print $1 }' | tr '\\n' ' ')
if [ -n "$away" ]; then
  echo "${node} is not touched while other nodes are not ready: $away. Look at:" ${quote(look)} >&2
  exit 1
fi
if [ "$(${admin} get node ${quote(node)} --output 'jsonpath={.spec.unschedulable}')" != true ]; then
  ${admin} annotate --overwrite node ${quote(node)} ${annotation}=${quote(`v${version}`)} >/dev/null
fi
if ! reason=$(${admin} drain ${quote(node)} --ignore-daemonsets --delete-emptydir-data --timeout ${drainTimeout} --request-timeout 0 2>&1); then
  echo "${node} can't be drained within ${drainTimeout}: $(echo "$reason" | tail -n 5). It stays cordoned; up goes on from here." >&2
  exit 1
fi
echo ${quote(`${node}: drained`)}
`;
}

/**
 * Script for the node itself: brings its programs, and on a control plane the pods of the cluster itself, to the
 * version.
 * @param role `first` brings the cluster to the version, the others follow
 */
export function upgradeScript(
  args: MemberArgs,
  role: "first" | "control-plane" | "worker",
  config: ClusterConfig,
): string {
  const { version } = args;
  const upgrade =
    role === "first"
      ? `with_config <<'CONFIG'
${documents(clusterConfiguration(config))}CONFIG
kubeadm init phase upload-config kubeadm --config "$config" >&2
kubeadm upgrade apply ${quote(`v${version}`)} --yes --ignore-preflight-errors="$(ignored_checks)" >&2`
      : `kubeadm upgrade node --ignore-preflight-errors="$(ignored_checks)" >&2`;
  return `${memberFunctions(args)}
marked member || fail "it is no member of the cluster: run up again"
manifest=/etc/kubernetes/manifests/kube-apiserver.yaml
if has_programs && [ "$(cat "$version_mark" 2>/dev/null)" = "$version" ] && { [ ! -e $manifest ] || grep -qF ${quote(`kube-apiserver:v${version}`)} $manifest; }; then
  echo "version: unchanged"
  return
fi
install_kubeadm
${upgrade}
install_programs
systemctl daemon-reload
systemctl restart kubelet
finish
echo ${quote(`version: v${version}`)}
`;
}

/** Script for a control plane: lets a node that was drained for an upgrade have pods again. */
export const returnScript = (node: string): string => `
if [ -n "$(${admin} get node ${quote(node)} --output 'jsonpath={.metadata.annotations.${annotation.replaceAll(".", "\\.")}}')" ]; then
  ${admin} uncordon ${quote(node)}
  ${admin} annotate node ${quote(node)} ${annotation}- >/dev/null
fi
`;
