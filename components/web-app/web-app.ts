import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { type Environment } from "../namespace";
import { container, deploymentSpec, drainSeconds, type Probes, type Resources } from "./deployment";
import { breakerAnnotations, type MeshArgs, podAnnotations, requestAnnotations } from "./mesh";
import { type Destination, policySpec, type Source } from "./network-policy";
import {
  type CanaryShare,
  type Entry,
  gatewayRouteSpec,
  ingressSpec,
  meshRouteSpec,
  routeKind,
  servicePort,
} from "./route";
import { versionOf } from "./values-version";
import {
  type ConfigMapKey,
  type DatabaseUse,
  environmentOf,
  type SecretKey,
  variablesOf,
  withDatabase,
} from "./variables";
import { scalerSpec, type WaterLines } from "./water-lines";

export interface WebAppArgs {
  /** Namespace that it is in. */
  namespace: pulumi.Input<string>;
  /** Reference of its image, with a tag other than latest or a digest. It runs without root, and may write to /tmp alone. */
  image: pulumi.Input<string>;
  /** TCP port that the app listens on, from 1024: it is not root. */
  port: number;
  /** What it is for; all its objects have it as the label `environment`. */
  environment: Environment;
  /** Its database: three variables, and the way to it. @default none */
  database?: DatabaseUse;
  /** Variables and their values, which the program keeps in a ConfigMap: nothing secret. @default none */
  values?: Record<string, pulumi.Input<string>>;
  /** Variables from ConfigMaps, by name. @default none */
  config?: Record<string, ConfigMapKey>;
  /** Variables from Secrets, by name. @default none */
  secrets?: Record<string, SecretKey>;
  /** Number of pods; not with `scaling`. @default 2 */
  replicas?: number;
  /** Lets the number of pods follow their load; needs metrics-server in the cluster. @default none */
  scaling?: WaterLines;
  /** How it tells that it lives and can serve. @default those of Probes */
  probes?: Probes;
  /** What is kept for each pod. @default those of Resources */
  resources?: Resources;
  /** User and group that it runs as, not 0. @default 1000 */
  user?: number;
  /** Size of /tmp. @default 64Mi */
  temporarySpace?: string;
  /** More labels of its pods. @default none */
  labels?: Record<string, string>;
  /** How it is reached from outside of the cluster. @default not at all */
  entry?: Entry;
  /** Pods of the cluster that may ask it, beside those of the entry. @default none */
  askedBy?: Source[];
  /** Pods that it may ask, beside those of the database. @default none */
  asks?: Destination[];
  /** Its pods and their requests in the mesh of Linkerd. @default not in a mesh */
  mesh?: MeshArgs;
  /** A second version beside the first; needs `entry.route` or `mesh`. @default none */
  canary?: Canary;
}

/** A second version, with the same variables, and what it gets of the requests. */
export type Canary = CanaryShare & {
  /** Reference of its image. */
  image: pulumi.Input<string>;
  /** Number of its pods. @default 1 */
  replicas?: number;
};

/**
 * An app that answers HTTP, as pods that only do what is said here. All objects have its name; those of a second version
 * end with `-canary`. Another image, another value of a variable rolls the pods without a dropped request.
 */
export class WebApp extends pulumi.ComponentResource {
  /** URL of the app inside of the cluster. */
  public readonly url: pulumi.Output<string>;
  /** Labels of its pods, for what lets them in. */
  public readonly podLabels: Record<string, string>;
  /** What to type to see its objects, with the cluster's kubeconfig. */
  public readonly healthCommand: pulumi.Output<string>;

  constructor(name: string, args: WebAppArgs, opts?: pulumi.ComponentResourceOptions) {
    super("farmstack:web-app:WebApp", name, {}, opts);
    this.refuse(name, args);
    const { namespace, entry, mesh, canary, scaling } = args;
    const { secrets = {}, labels = {}, asks = [] } = args;
    const podLabels = { app: name };
    const metadata = (object: string, annotations: Record<string, string> = {}) => ({
      name: object,
      namespace,
      labels: { ...podLabels, environment: args.environment },
      annotations,
    });
    const child = { parent: this };

    // What they are told. Other values are another ConfigMap: its name changes, and the pods with it.
    const valueMap =
      args.values &&
      new kubernetes.core.v1.ConfigMap(
        `${name}-values`,
        { metadata: { ...metadata(name), name: undefined }, immutable: true, data: args.values },
        child,
      ).metadata.name;
    const config = { ...(valueMap && fromOne(valueMap, args.values)), ...args.config };
    const wiring = withDatabase({ config, secrets, labels, asks }, args.database);

    // What the pods may do on the network. Before them: they would start cut off.
    const policy = new kubernetes.networking.v1.NetworkPolicy(
      `${name}-network-policy`,
      {
        metadata: metadata(name),
        spec: policySpec({
          pods: podLabels,
          port: args.port,
          from: sourcesOf(entry, args.askedBy),
          to: wiring.asks,
          mesh: mesh !== undefined,
        }),
      },
      child,
    );

    // Pods, of the one version and of the other
    const version = versionOf(wiring);
    const deployment = (
      object: string,
      track: string,
      image: pulumi.Input<string>,
      replicas: number | undefined,
    ) =>
      new kubernetes.apps.v1.Deployment(
        `${object}-deployment`,
        {
          metadata: metadata(object, takesOver),
          spec: deploymentSpec({
            ...args,
            image,
            replicas,
            selector: { ...podLabels, track },
            labels: { ...wiring.labels, ...podLabels, track, environment: args.environment },
            annotations: {
              ...podAnnotations(mesh, drainSeconds),
              ...(version && { "farmstack/version-of-variables": version }),
            },
            variables: environmentOf(wiring),
          }),
        },
        { ...child, dependsOn: policy },
      );
    const service = (object: string, track: string) =>
      new kubernetes.core.v1.Service(
        `${object}-service`,
        {
          metadata: metadata(object, { ...requestAnnotations(mesh), ...breakerAnnotations(mesh) }),
          spec: {
            type: track === "stable" && entry && "nodePort" in entry ? "NodePort" : "ClusterIP",
            selector: { ...podLabels, track },
            ports: [
              {
                name: "http",
                protocol: "TCP",
                port: servicePort,
                targetPort: "http",
                ...(track === "stable" && entry && "nodePort" in entry && { nodePort: entry.nodePort.port }),
              },
            ],
          },
        },
        child,
      );
    const second = `${name}-canary`;
    const served: pulumi.Resource[] = [
      deployment(name, "stable", args.image, scaling ? undefined : (args.replicas ?? 2)),
      service(name, "stable"),
      ...(canary
        ? [deployment(second, "canary", canary.image, canary.replicas ?? 1), service(second, "canary")]
        : []),
    ];

    // How many there are
    new kubernetes.policy.v1.PodDisruptionBudget(
      `${name}-disruption-budget`,
      {
        metadata: metadata(name),
        spec: {
          maxUnavailable: 1,
          unhealthyPodEvictionPolicy: "AlwaysAllow", // what does not serve must not hold up a drain
          selector: { matchLabels: { ...podLabels, track: "stable" } },
        },
      },
      child,
    );
    if (scaling)
      new kubernetes.autoscaling.v2.HorizontalPodAutoscaler(
        `${name}-autoscaler`,
        { metadata: metadata(name), spec: scalerSpec(scaling, name, container) },
        child,
      );

    // The ways to them, once they serve
    const way = { ...child, dependsOn: served };
    const backends = { stable: name, canary: canary && { service: second, gets: canary } };
    if (entry && "route" in entry)
      new kubernetes.apiextensions.CustomResource(
        `${name}-route`,
        { ...routeKind, metadata: metadata(name), spec: gatewayRouteSpec(entry.route, backends) },
        way,
      );
    if (entry && "ingress" in entry)
      new kubernetes.networking.v1.Ingress(
        `${name}-ingress`,
        { metadata: metadata(name), spec: ingressSpec(entry.ingress, name) },
        way,
      );
    if (mesh && canary)
      new kubernetes.apiextensions.CustomResource(
        `${name}-mesh-route`,
        {
          ...routeKind,
          metadata: metadata(second, requestAnnotations(mesh)),
          spec: meshRouteSpec(backends),
        },
        way,
      );

    // What others need
    this.url = pulumi.interpolate`http://${name}.${namespace}`;
    this.podLabels = podLabels;
    this.healthCommand = pulumi.interpolate`kubectl --namespace ${namespace} get all --selector app=${name}`;
    this.registerOutputs({
      url: this.url,
      podLabels: this.podLabels,
      healthCommand: this.healthCommand,
    });
  }

  /** What types can't say. */
  private refuse(name: string, args: WebAppArgs): void {
    const { replicas, scaling, canary, entry, mesh } = args;
    const variables = variablesOf(args);
    const twice = variables.find((variable, index) => variables.indexOf(variable) !== index);
    if (twice) throw new pulumi.ResourceError(`${name}: the variable ${twice} is there twice`, this);
    if (replicas !== undefined && scaling)
      throw new pulumi.ResourceError(`${name}: the number of pods is either given or follows the load`, this);
    if (canary && !mesh && !(entry && "route" in entry))
      throw new pulumi.ResourceError(
        `${name}: a second version needs entry.route or mesh, which can part the requests`,
        this,
      );
  }
}

/** The number of pods, from an autoscaler that was there: it would be a conflict. Without a number it stays whose it is. */
const takesOver = { "pulumi.com/patchForce": "true" };

const fromOne = (configMap: pulumi.Input<string>, values: object = {}): Record<string, ConfigMapKey> =>
  Object.fromEntries(Object.keys(values).map((key) => [key, { configMap, key }]));

function sourcesOf(entry: Entry | undefined, askedBy: Source[] = []): Source[] | "anyone" {
  if (!entry) return askedBy;
  if ("nodePort" in entry) return "anyone";
  if ("ingress" in entry) return [entry.ingress.from, ...askedBy];
  const { gateway, from = { namespace: gateway.namespace } } = entry.route;
  return [from, ...askedBy];
}
