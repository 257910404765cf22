import { type remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { type Host } from "../hosts";
import { imageReference, type ImageSources, type RegistryAccess } from "../images";
import { type KubernetesAccess } from "./access";
import { createEndpoint } from "./endpoint";
import { networkScript } from "./flannel";
import { dnsScript, readyScript } from "./gates";
import { invitationScript, invite } from "./invitation";
import { type ClusterConfig } from "./kubeadm-config";
import { kubeconfigScript } from "./kubeconfig";
import { kubectlCommand } from "./kubectl";
import { initScript, joinScript, type MemberArgs } from "./member";
import { nodeScript } from "./node";
import { type ProgramSource } from "./programs";
import { forgetRegistry, registryScript } from "./registry";
import { createSnapshots, type SnapshotArgs } from "./snapshots";
import { drainScript, returnScript, upgradeScript } from "./upgrade";

export interface KubernetesClusterArgs {
  /** Hosts of the control plane, each with a member of etcd: three or five for a cluster that survives the loss of one or two. */
  controlPlane: Host[];
  /** Hosts for pods alone. Without any, the control plane takes pods. @default none */
  workers?: Host[];
  /** Version such as `1.34.1`, at least 1.31. Another one is an upgrade, node by node. */
  version: string;
  /** Addresses of pods, CIDR. Can't be changed later. @default 10.244.0.0/16 */
  podNetwork?: string;
  /** Addresses of services, CIDR. Can't be changed later. @default 10.96.0.0/12 */
  serviceNetwork?: string;
  /**
   * A free address of the hosts' network, at which the API is found as long as a control plane lives. Can't be changed
   * later. @default none: the first control plane's, and the API is gone with it
   */
  endpoint?: {
    /** IP address that no machine has. */
    address: string;
    /** TCP port of the API there. @default 8443 */
    port?: number;
  };
  /** Where the nodes' programs come from. @default Kubernetes' package repositories */
  source?: ProgramSource;
  /** Where kubeadm finds its images. @default registry.k8s.io, below the mirror when there is one */
  imageRepository?: string;
  /** Tags that stand for those that kubeadm would ask for. @default none */
  imageTags?: {
    /** Tag of etcd's image. @default kubeadm's */
    etcd?: string;
    /** Tag of CoreDNS' image. @default kubeadm's */
    coredns?: string;
  };
  /** Where images come from. */
  images: ImageSources;
  /** Registries without valid TLS, `host[:port]`. @default none */
  insecureRegistries?: string[];
  /** Checks of kubeadm that may fail, by their names. @default none */
  ignorePreflightErrors?: string[];
  /** Fields of KubeletConfiguration for all nodes. @default none */
  kubelet?: Record<string, unknown>;
  /** Snapshots of etcd. @default none */
  snapshots?: SnapshotArgs;
}

/**
 * A Kubernetes cluster, made by kubeadm on hosts that are prepared: stacked etcd, flannel as the network of pods.
 * Control planes join one after the other, workers side by side; another version goes through the nodes one at a time.
 * A host that belongs to another cluster is refused, and one that is no longer declared stays as it is.
 * https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/
 */
export class KubernetesCluster extends pulumi.ComponentResource implements KubernetesAccess {
  public readonly kubeconfig: pulumi.Output<string>;
  public readonly endpoint: pulumi.Output<string>;
  /** Names of all nodes, control planes first. */
  public readonly nodes: string[];
  public readonly version: string;
  /** What to type to see the nodes. */
  public readonly healthCommand: string;

  constructor(name: string, args: KubernetesClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("farmstack:kubernetes:KubernetesCluster", name, {}, opts);
    const { controlPlane, workers = [], version, images, kubelet = {}, insecureRegistries = [] } = args;
    const { source = {}, ignorePreflightErrors = [] } = args;
    const [first, ...others] = controlPlane;
    if (!first) throw new pulumi.ResourceError(`${name}: a Kubernetes cluster needs a control plane`, this);
    const hosts = [...controlPlane, ...workers];
    const takesPods = workers.length === 0;
    const config = clusterConfig(args, first);
    const look = (command: string) => first.shellCommand(kubectlCommand(command));
    const lookAtNodes = look("get nodes --output wide");

    // Identity, and what lets others in
    const cluster = new random.RandomUuid(`${name}-id`, {}, { parent: this }).result;
    const token = new random.RandomPassword(
      `${name}-token`,
      { length: 22, special: false, upper: false },
      { parent: this },
    ).result.apply((text) => `${text.slice(0, 6)}.${text.slice(6)}`);
    const certificateKey = new random.RandomBytes(
      `${name}-certificate-key`,
      { length: 32 },
      { parent: this },
    ).base64.apply((base64) => Buffer.from(base64, "base64").toString("hex"));

    // Machines
    const { registry } = images;
    const access = (host: Host) =>
      registry &&
      host.run(
        `${name}-registry`,
        {
          script: registryAccessScript(host.hostName, registry),
          undo: forgetRegistry(registry.address),
        },
        { parent: this, dependsOn: host.docker },
      );
    const prepared = new Map(
      hosts.map((host) => [
        host,
        host.run(
          `${name}-node`,
          {
            script: nodeScript({
              hostName: host.hostName,
              source,
              pauseImage: imageReference("pause", images),
              insecureRegistries,
              kubelet,
            }),
            timeout: "15m",
          },
          { parent: this, dependsOn: access(host) ?? host.docker },
        ),
      ]),
    );
    const readyFor = (host: Host) => prepared.get(host) as remote.Command;
    const balanced = args.endpoint
      ? createEndpoint(name, { ...args.endpoint, hosts: controlPlane }, { parent: this })
      : [];

    // Members
    const member = (host: Host, id: string): MemberArgs => ({
      node: { name: host.hostName, address: host.address },
      version,
      source,
      cluster: id,
      ignorePreflightErrors,
    });
    const made = first.run(
      `${name}-member`,
      { script: cluster.apply((id) => initScript(member(first, id), config, takesPods)), timeout: "15m" },
      { parent: this, dependsOn: [readyFor(first), ...balanced] },
    );
    const caHash = made.stdout.apply((printed) => printed.trim().split("\n").pop() ?? "");
    const invitation = first.run(
      `${name}-invitation`,
      {
        script: pulumi
          .all([token, certificateKey])
          .apply(([itsToken, key]) => invitationScript({ version, token: itsToken, certificateKey: key })),
      },
      { parent: this, dependsOn: made },
    );
    const join = (host: Host, kind: "control-plane" | "worker", after: pulumi.Resource[]) => {
      const hook = invitations[kind];
      return host.run(
        `${name}-member`,
        {
          script: pulumi.all([cluster, caHash, token, certificateKey]).apply(([id, hash, itsToken, key]) =>
            joinScript(member(host, id), {
              endpoint: config.endpoint,
              caHash: hash,
              token: itsToken,
              certificateKey: kind === "control-plane" ? key : undefined,
              takesPods,
            }),
          ),
          timeout: "15m",
        },
        {
          parent: this,
          dependsOn: [readyFor(host), invitation, ...after],
          hooks: { beforeCreate: [hook], beforeUpdate: [hook] },
        },
      );
    };
    const invitations = {
      "control-plane": invite(name, first, "control-plane"),
      worker: invite(name, first, "worker"),
    };
    const governed = others.reduce<remote.Command[]>(
      (before, host) => [...before, join(host, "control-plane", before.slice(-1))],
      [made],
    );
    const joined = [...governed, ...workers.map((host) => join(host, "worker", governed.slice(-1)))];

    // The network of pods
    const network = first.run(
      `${name}-network`,
      {
        script: networkScript({
          podNetwork: config.podNetwork,
          image: imageReference("flannel", images),
          pluginImage: imageReference("flannelPlugin", images),
        }),
      },
      { parent: this, dependsOn: made },
    );

    // Every node at its version and ready, one after the other
    let before: pulumi.Resource[] = [...joined, network];
    for (const host of hosts) {
      const node = host.hostName;
      const role = host === first ? "first" : controlPlane.includes(host) ? "control-plane" : "worker";
      const drained = first.run(
        `${name}-${node}-may-change`,
        { script: drainScript(node, version, lookAtNodes), timeout: "20m" },
        { parent: this, dependsOn: before },
      );
      const upgraded = host.run(
        `${name}-version`,
        {
          script: cluster.apply((id) => upgradeScript(member(host, id), role, config)),
          timeout: "20m",
        },
        { parent: this, dependsOn: drained },
      );
      const back = first.run(
        `${name}-${node}-back`,
        {
          script: pulumi
            .all([upgraded.stdout, readyFor(host).stdout])
            .apply(
              (because) =>
                readyScript(
                  node,
                  [version, ...because].join(" ").replaceAll("\n", " "),
                  look(`describe node ${node}`),
                ) + returnScript(node),
            ),
        },
        { parent: this },
      );
      before = [back];
    }
    const named = first.run(
      `${name}-dns`,
      {
        script: dnsScript(version, look("--namespace kube-system describe pods --selector k8s-app=kube-dns")),
      },
      { parent: this, dependsOn: before },
    );
    if (args.snapshots)
      createSnapshots(name, controlPlane, args.snapshots, { parent: this, dependsOn: before });

    // What others need
    this.kubeconfig = first.run(
      `${name}-kubeconfig`,
      { script: kubeconfigScript(version), printsSecret: true },
      { parent: this, dependsOn: named },
    ).stdout;
    this.endpoint = pulumi.output(`https://${config.endpoint}`);
    this.nodes = hosts.map(({ hostName }) => hostName);
    this.version = version;
    this.healthCommand = lookAtNodes;
    this.registerOutputs({
      kubeconfig: this.kubeconfig,
      endpoint: this.endpoint,
      nodes: this.nodes,
      version: this.version,
      healthCommand: this.healthCommand,
    });
  }
}

/** A secret as a whole when there is a login in it. */
function registryAccessScript(hostName: string, { address, ca, login }: RegistryAccess) {
  const withLogin = (password?: string) =>
    registryScript({
      hostName,
      address,
      ca,
      login: login && password !== undefined ? { username: login.username, password } : undefined,
    });
  return login ? pulumi.secret(login.password).apply(withLogin) : withLogin();
}

/** What all nodes have in common, with the defaults filled in. */
function clusterConfig(args: KubernetesClusterArgs, first: Host): ClusterConfig {
  const { endpoint, images, imageRepository, imageTags = {} } = args;
  const upstream = `${images.mirror ? `${images.mirror}/` : ""}registry.k8s.io`;
  return {
    version: args.version,
    endpoint: endpoint ? `${endpoint.address}:${endpoint.port ?? 8443}` : `${first.address}:6443`,
    podNetwork: args.podNetwork ?? "10.244.0.0/16",
    serviceNetwork: args.serviceNetwork ?? "10.96.0.0/12",
    imageRepository: imageRepository ?? upstream,
    // kubeadm forgets that CoreDNS is a level deeper there when the registry is another.
    dnsRepository: imageRepository ? undefined : `${upstream}/coredns`,
    imageTags,
    controlPlane: args.controlPlane.map(({ hostName, address }) => ({ name: hostName, address })),
  };
}
