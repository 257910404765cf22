import { readFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { hostFunctions } from "../hosts/functions";
import { assignments } from "../hosts/shell";
import { type ProgramSource } from "./programs";

export interface NodeArgs {
  hostName: string;
  source: ProgramSource;
  /** Image of the container that holds a pod's network. */
  pauseImage: string;
  /** Registries without valid TLS, `host[:port]`. */
  insecureRegistries: string[];
  /** Fields of KubeletConfiguration, for all nodes. */
  kubelet: Record<string, unknown>;
}

/** Kernel modules of every node. */
const modules = ["overlay", "br_netfilter"];

/** Kernel settings of every node. https://kubernetes.io/docs/setup/production-environment/container-runtimes/ */
const kernelSettings = {
  "net.ipv4.ip_forward": 1,
  "net.bridge.bridge-nf-call-iptables": 1,
  "net.bridge.bridge-nf-call-ip6tables": 1,
};

/**
 * config.toml of containerd, which serves Docker as well: only the part for Kubernetes is said. Control groups are
 * systemd's on every host, for kubeadm takes that for granted. RESTRICT_OOM_SCORE is filled in on the host.
 * https://github.com/containerd/containerd/blob/main/docs/cri/config.md
 */
export const containerdToml = (pauseImage: string): string => `version = 2

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${pauseImage}"
  restrict_oom_score_adj = RESTRICT_OOM_SCORE

[plugins."io.containerd.grpc.v1.cri".cni]
  bin_dir = "/opt/cni/bin"
  conf_dir = "/etc/cni/net.d"

[plugins."io.containerd.grpc.v1.cri".registry]
  config_path = "/etc/containerd/certs.d"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
  SystemdCgroup = true
`;

/** The kubelet's unit where it does not come in a package. What kubeadm writes is read from where kubeadm writes it. */
const kubeletUnit = `[Unit]
Description=Kubernetes node agent
Documentation=https://kubernetes.io/docs/reference/command-line-tools-reference/kubelet/
Wants=network-online.target
After=network-online.target containerd.service
# Until kubeadm has written its configuration it fails again and again.
StartLimitIntervalSec=0

[Service]
EnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env
EnvironmentFile=-/etc/default/kubelet
EnvironmentFile=-/etc/sysconfig/kubelet
ExecStart=/usr/local/bin/kubelet --bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf --config=/var/lib/kubelet/config.yaml $KUBELET_KUBEADM_ARGS $KUBELET_EXTRA_ARGS
Restart=always
RestartSec=10

[Install]
WantedBy=multi-user.target
`;

const body = readFileSync(join(__dirname, "node.sh"), "utf8");

/** The script that makes a host ready for Kubernetes, whatever its version. Text only: settings, then node.sh as it is. */
export function nodeScript({ hostName, source, pauseImage, insecureRegistries, kubelet }: NodeArgs): string {
  const settings = {
    host: hostName,
    source: source.binaries ? "binaries" : "packages",
    modules: `${modules.join("\n")}\n`,
    sysctl_conf: Object.entries(kernelSettings)
      .map(([key, value]) => `${key} = ${value}\n`)
      .join(""),
    containerd_toml: containerdToml(pauseImage),
    // containerd knows registries by name and port only, Docker networks as well.
    insecure_registries: insecureRegistries.filter((registry) => !registry.includes("/")).join(" "),
    kubelet_conf: stringify({
      apiVersion: "kubelet.config.k8s.io/v1beta1",
      kind: "KubeletConfiguration",
      ...kubelet,
    }),
    kubelet_unit: kubeletUnit,
  };
  return `${assignments(settings)}\n${hostFunctions}\n${body}`;
}
