import { stringify } from "yaml";
import { admin } from "./kubectl";

export interface FlannelArgs {
  podNetwork: string;
  /** Image of flanneld. */
  image: string;
  /** Image with the CNI plugin `/flannel`. */
  pluginImage: string;
}

const namespace = "kube-flannel";
const name = "kube-flannel";
const labels = { app: "flannel" };

/** VXLAN between the nodes; what a pod sends elsewhere leaves by its node's address. */
const networkConfig = (podNetwork: string) => ({
  Network: podNetwork,
  EnableNFTables: false,
  Backend: { Type: "vxlan" },
});

const cniConfig = {
  name: "cbr0",
  cniVersion: "0.3.1", // the newest that every version of the plugin knows
  plugins: [
    { type: "flannel", delegate: { hairpinMode: true, isDefaultGateway: true } },
    { type: "portmap", capabilities: { portMappings: true } },
  ],
};

/**
 * flannel as a DaemonSet. It lets the pods' traffic pass where Docker has the firewall drop what it does not know.
 * https://github.com/flannel-io/flannel/blob/master/Documentation/configuration.md
 */
export function flannelManifest({ podNetwork, image, pluginImage }: FlannelArgs): object[] {
  const install = (container: string, from: string, source: string, target: string, mount: object) => ({
    name: container,
    image: from,
    command: ["cp", "-f", source, target],
    volumeMounts: [mount, { name: "config", mountPath: "/etc/kube-flannel" }],
  });
  return [
    {
      apiVersion: "v1",
      kind: "Namespace",
      // It works on the hosts' own network.
      metadata: { name: namespace, labels: { "pod-security.kubernetes.io/enforce": "privileged" } },
    },
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name, namespace } },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRole",
      metadata: { name },
      rules: [
        { apiGroups: [""], resources: ["pods"], verbs: ["get"] },
        { apiGroups: [""], resources: ["nodes"], verbs: ["get", "list", "watch"] },
        { apiGroups: [""], resources: ["nodes/status"], verbs: ["patch"] },
      ],
    },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRoleBinding",
      metadata: { name },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name },
      subjects: [{ kind: "ServiceAccount", name, namespace }],
    },
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name, namespace, labels },
      data: {
        "cni-conf.json": JSON.stringify(cniConfig, undefined, 2),
        "net-conf.json": JSON.stringify(networkConfig(podNetwork), undefined, 2),
      },
    },
    {
      apiVersion: "apps/v1",
      kind: "DaemonSet",
      metadata: { name, namespace, labels },
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: {
            labels,
            // A pod reads its settings once.
            annotations: { "farmstack/settings": JSON.stringify([cniConfig, networkConfig(podNetwork)]) },
          },
          spec: {
            hostNetwork: true,
            nodeSelector: { "kubernetes.io/os": "linux" },
            priorityClassName: "system-node-critical",
            serviceAccountName: name,
            tolerations: [{ operator: "Exists" }],
            initContainers: [
              install("plugin", pluginImage, "/flannel", "/opt/cni/bin/flannel", {
                name: "plugins",
                mountPath: "/opt/cni/bin",
              }),
              install(
                "configuration",
                image,
                "/etc/kube-flannel/cni-conf.json",
                "/etc/cni/net.d/10-flannel.conflist",
                { name: "cni", mountPath: "/etc/cni/net.d" },
              ),
            ],
            containers: [
              {
                name: "flannel",
                image,
                command: ["/opt/bin/flanneld"],
                args: ["--ip-masq", "--kube-subnet-mgr", "--iface=$(NODE_ADDRESS)"],
                env: [
                  fieldOf("POD_NAME", "metadata.name"),
                  fieldOf("POD_NAMESPACE", "metadata.namespace"),
                  fieldOf("NODE_ADDRESS", "status.hostIP"),
                ],
                resources: { requests: { cpu: "100m", memory: "50Mi" } },
                securityContext: {
                  privileged: false,
                  capabilities: { add: ["NET_ADMIN", "NET_RAW"] },
                },
                volumeMounts: [
                  { name: "run", mountPath: "/run/flannel" },
                  { name: "config", mountPath: "/etc/kube-flannel" },
                  { name: "lock", mountPath: "/run/xtables.lock" },
                ],
              },
            ],
            volumes: [
              { name: "run", hostPath: { path: "/run/flannel", type: "DirectoryOrCreate" } },
              { name: "plugins", hostPath: { path: "/opt/cni/bin", type: "DirectoryOrCreate" } },
              { name: "cni", hostPath: { path: "/etc/cni/net.d", type: "DirectoryOrCreate" } },
              { name: "lock", hostPath: { path: "/run/xtables.lock", type: "FileOrCreate" } },
              { name: "config", configMap: { name } },
            ],
          },
        },
      },
    },
  ];
}

const fieldOf = (variable: string, fieldPath: string) => ({
  name: variable,
  valueFrom: { fieldRef: { fieldPath } },
});

/** Script for a control plane that puts the network plugin into the cluster, or brings it up to date. */
export const networkScript = (args: FlannelArgs): string => `
${admin} apply --server-side --force-conflicts --field-manager farmstack --filename - <<'MANIFEST'
${flannelManifest(args)
  .map((part) => stringify(part, { lineWidth: 0, aliasDuplicateObjects: false }))
  .join("---\n")}MANIFEST
`;
