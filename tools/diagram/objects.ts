import { type StackState } from "../state";
import { type Edge, type Entry } from "./model";
import { counted, type StorageBox } from "./storage";
import { byName, hostAndPort, plainUrl, text } from "./values";

/** A namespace of Kubernetes with what the stack has in it, or something else that is drawn like one. */
export interface NamespaceBox {
  id: string;
  /** What it is. @default namespace */
  title?: string;
  name: string;
  /** TEST or PRODUCTION, where the stack says so. */
  environment?: string;
  objects: ObjectNode[];
  /** What is there beside the objects that are drawn, such as `3 Secrets`. */
  others: string[];
}

export interface ObjectNode {
  id: string;
  kind: string;
  name: string;
  detail?: string;
  /** Pods that it is to have. */
  pods?: number;
}

interface KubernetesObject {
  id: string;
  kind: string;
  namespace: string;
  name: string;
  /** As the state has it: any part may be missing. */
  spec: Spec;
  data: Record<string, string>;
  labels: Record<string, string>;
  parameters: Record<string, string>;
}

/** What is looked at of the specifications of all kinds. */
interface Spec {
  replicas?: number;
  minReplicas?: number;
  maxReplicas?: number;
  scaleTargetRef?: { name: string };
  selector?: Record<string, unknown>;
  type?: string;
  clusterIP?: string;
  ports?: { port: number; nodePort?: number }[];
  template?: { metadata?: { labels?: Record<string, string> }; spec?: PodSpec };
  jobTemplate?: { spec?: { template?: Spec["template"] } };
  volumeClaimTemplates?: { metadata: { name: string }; spec: ClaimSpec }[];
  rules?: {
    host?: string;
    http?: { paths?: { backend?: { service?: { name: string } } }[] };
    backendRefs?: { name: string }[];
  }[];
  hostnames?: string[];
  tls?: unknown[];
  schedule?: string;
}

interface ClaimSpec {
  storageClassName?: string;
  resources?: { requests?: { storage?: string } };
}

interface PodSpec {
  volumes?: { name: string; persistentVolumeClaim?: { claimName: string } }[];
  containers?: { env?: { valueFrom?: { configMapKeyRef?: { name: string } } }[] }[];
}

const workloads = ["Deployment", "StatefulSet", "DaemonSet", "CronJob"];
const doors = ["Ingress", "HTTPRoute"];
const drawn = [...doors, "Service", ...workloads, "PersistentVolumeClaim"];
/** What the stack has once for all, or what is done and over: neither is in a namespace's count. */
const uncounted = [...drawn, "Namespace", "Job", "HorizontalPodAutoscaler"];

/** Pure: namespaces, the addresses that lead into them, and who asks whom, as the objects themselves say it. */
export function objectsOf(
  state: StackState,
  storage: StorageBox | undefined,
): { namespaces: NamespaceBox[]; entries: Entry[]; edges: Edge[] } {
  const all = kubernetesObjects(state);
  const names = [...new Set(all.filter(({ kind }) => drawn.includes(kind)).map((one) => one.namespace))];
  const volumes = all.flatMap((one) => volumesOf(one));
  const namespaces = names.sort(byName).map((name) => {
    const inside = all.filter(({ namespace }) => namespace === name);
    const environment = all.find((one) => one.kind === "Namespace" && one.name === name)?.labels.environment;
    return {
      id: `namespace/${name}`,
      name,
      environment,
      objects: [
        ...inside.filter(({ kind }) => drawn.includes(kind)).map((one) => nodeOf(one, inside)),
        ...volumes.filter(({ namespace }) => namespace === name).map(({ node }) => node),
      ].sort((a, b) => byName(a.id, b.id)),
      others: countsOf(inside.filter(({ kind }) => !uncounted.includes(kind))),
    };
  });
  const { entries, edges } = entriesOf(state, all);
  const data = volumes.flatMap(({ node, owner, className }) => [
    { from: owner, to: node.id, kind: "keeps" as const },
    ...storesOf(className, all, storage).map((to) => ({ from: node.id, to, kind: "keeps" as const })),
  ]);
  return { namespaces, entries, edges: unique([...edges, ...requests(all), ...data]) };
}

function kubernetesObjects({ resources }: StackState): KubernetesObject[] {
  return resources
    .filter(({ type }) => type.startsWith("kubernetes:") && !type.endsWith("Patch"))
    .map(({ type, urn, name: logical, inputs }) => {
      const { metadata, spec, data, parameters } = inputs as {
        metadata?: { name?: string; namespace?: string; labels?: Record<string, string> };
        spec?: Spec;
        data?: Record<string, string>;
        parameters?: Record<string, string>;
      };
      const kind = type.split(":").at(-1) ?? "";
      return {
        id: urn,
        kind,
        namespace: metadata?.namespace ?? "",
        name: metadata?.name ?? logical,
        spec: spec ?? {},
        data: kind === "ConfigMap" ? (data ?? {}) : {},
        labels: metadata?.labels ?? {},
        parameters: parameters ?? {},
      };
    })
    .map((one) => ({ ...one, id: `${one.kind}/${one.namespace}/${one.name}` }));
}

function nodeOf({ id, kind, name, spec }: KubernetesObject, inside: KubernetesObject[]): ObjectNode {
  if (kind === "Service") {
    const ports = (spec.ports ?? []).map(({ port }) => `:${port}`).join(" ");
    const type = spec.clusterIP === "None" ? "headless" : spec.type === "ClusterIP" ? undefined : spec.type;
    return { id, kind, name, detail: [ports, type].filter(Boolean).join(" ") || undefined };
  }
  if (doors.includes(kind)) return { id, kind, name, detail: hostsOfDoor(spec).join(", ") || undefined };
  if (kind === "CronJob") return { id, kind, name, detail: spec.schedule };
  if (kind === "DaemonSet") return { id, kind, name, detail: "a pod on each node" };
  if (kind === "PersistentVolumeClaim")
    return { id, kind: "Claim", name, detail: claimDetail(spec as ClaimSpec) };
  const scaler = inside.find(
    (one) => one.kind === "HorizontalPodAutoscaler" && one.spec.scaleTargetRef?.name === name,
  );
  const { minReplicas = 1, maxReplicas } = scaler?.spec ?? {};
  const pods = scaler ? minReplicas : (spec.replicas ?? 1);
  return {
    id,
    kind,
    name,
    pods,
    detail: scaler ? `${minReplicas} to ${maxReplicas} pods` : counted(pods, "pod"),
  };
}

const hostsOfDoor = ({ rules = [], hostnames = [] }: Spec): string[] => [
  ...hostnames,
  ...rules.flatMap(({ host }) => host ?? []),
];

const claimDetail = ({ storageClassName, resources }: ClaimSpec): string =>
  [resources?.requests?.storage?.replace(/(\d)([KMGTP]i)$/, "$1 $2B"), storageClassName]
    .filter(Boolean)
    .join(", ");

/** Volumes that a StatefulSet makes for its pods, and claims that are there for themselves. */
function volumesOf({ id, kind, namespace, name, spec }: KubernetesObject) {
  if (kind === "StatefulSet")
    return (spec.volumeClaimTemplates ?? []).map(({ metadata, spec: claim }) => {
      const count = spec.replicas ?? 1;
      const detail = `${count > 1 ? `${count} × ` : ""}${claimDetail(claim)}`;
      const node = {
        id: `${id}/${metadata.name}`,
        kind: "Volume",
        name: `${metadata.name} of ${name}`,
        detail,
      };
      return { namespace, owner: id, node, className: claim.storageClassName };
    });
  return [];
}

/** Where volumes of a class are: what the class names, or the store that has the class's own name. */
function storesOf(
  className: string | undefined,
  all: KubernetesObject[],
  storage: StorageBox | undefined,
): string[] {
  const found = all.find(({ kind, name }) => kind === "StorageClass" && name === className);
  const { fsName, pool } = found?.parameters ?? {};
  const wanted = fsName ?? pool ?? className;
  const store = storage?.stores.find(({ name }) => name === wanted);
  return store ? [store.id] : [];
}

/** Who asks whom: doors their services, services their pods, workloads the services that their settings name. */
function requests(all: KubernetesObject[]): Edge[] {
  const services = all.filter(({ kind }) => kind === "Service");
  const inNamespace = (namespace: string, name: string) =>
    services.filter((service) => service.namespace === namespace && service.name === name);
  return all.flatMap((one): Edge[] => {
    if (doors.includes(one.kind))
      return backendsOf(one.spec)
        .flatMap((name) => inNamespace(one.namespace, name))
        .map(({ id }) => ({ from: one.id, to: id, kind: "asks" }));
    if (one.kind === "Service")
      return all
        .filter((target) => workloads.includes(target.kind) && target.namespace === one.namespace)
        .filter((target) => selects(one.spec.selector, target.spec.template?.metadata?.labels))
        .map(({ id }) => ({ from: one.id, to: id, kind: "asks" }));
    if (workloads.includes(one.kind))
      return [
        ...servicesNamed(one, all, services).map(({ service, port }): Edge => ({
          from: one.id,
          to: service.id,
          kind: "asks",
          label: port === undefined ? undefined : `:${port}`,
        })),
        ...claimsOf(one, all).map(({ id }): Edge => ({ from: one.id, to: id, kind: "keeps" })),
      ];
    return [];
  });
}

const backendsOf = ({ rules = [] }: Spec): string[] =>
  rules.flatMap(({ http, backendRefs = [] }) => [
    ...(http?.paths ?? []).flatMap(({ backend }) => backend?.service?.name ?? []),
    ...backendRefs.map(({ name }) => name),
  ]);

const selects = (selector: Spec["selector"], labels: Record<string, string> = {}): boolean =>
  selector !== undefined &&
  Object.keys(selector).length > 0 &&
  Object.entries(selector).every(([label, value]) => labels[label] === value);

const podOf = ({ spec }: KubernetesObject): PodSpec =>
  spec.template?.spec ?? spec.jobTemplate?.spec?.template?.spec ?? {};

/** Services whose names stand in URLs of the ConfigMaps that the pods have their variables from. */
function servicesNamed(one: KubernetesObject, all: KubernetesObject[], services: KubernetesObject[]) {
  const maps = (podOf(one).containers ?? []).flatMap(({ env = [] }) =>
    env.flatMap(({ valueFrom }) => valueFrom?.configMapKeyRef?.name ?? []),
  );
  const values = all
    .filter(
      ({ kind, namespace, name }) =>
        kind === "ConfigMap" && namespace === one.namespace && maps.includes(name),
    )
    .flatMap(({ data }) => Object.values(data));
  return values.flatMap((value) =>
    urlsIn(String(value)).flatMap(({ host, port }) =>
      services
        .filter((service) => isOf(host, service, one.namespace))
        .map((service) => ({ service, port: port ?? service.spec.ports?.[0]?.port })),
    ),
  );
}

/** Hosts of a URL; that of a database may name several. */
function urlsIn(value: string): { host: string; port?: number }[] {
  const list = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/@\s]*@)?([^/?\s]+)/i.exec(value)?.[1];
  return (list?.split(",") ?? []).flatMap((host) => hostAndPort(`none://${host}`) ?? []);
}

/** `store`, `store.shop`, `store.shop.svc…`, and names of pods in front of these. */
function isOf(host: string, service: KubernetesObject, from: string): boolean {
  const parts = host.replace(/\.svc(\..*)?$/, "").split(".");
  const is = (at: number) => parts[at] === service.name && (parts[at + 1] ?? from) === service.namespace;
  return is(0) || (parts.length > 2 && is(1));
}

function claimsOf(one: KubernetesObject, all: KubernetesObject[]): KubernetesObject[] {
  const names = (podOf(one).volumes ?? []).flatMap(
    ({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? [],
  );
  return all.filter(
    ({ kind, namespace, name }) =>
      kind === "PersistentVolumeClaim" && namespace === one.namespace && names.includes(name),
  );
}

/** Pages that the stack names, and what they lead to: a door with that host, or a Service with that port on the nodes. */
function entriesOf({ outputs }: StackState, all: KubernetesObject[]): { entries: Entry[]; edges: Edge[] } {
  const urls = Object.entries(outputs)
    .filter(([name]) => /Pages?$/.test(name))
    .flatMap(([, value]) => (typeof value === "object" && value !== null ? Object.values(value) : [value]))
    .flatMap((value) => text(value) ?? []);
  const entries = [...new Set(urls)]
    .sort(byName)
    .map((url) => ({ id: `entry/${plainUrl(url)}`, url: plainUrl(url) }));
  const edges = entries.flatMap(({ id, url }) => {
    const at = hostAndPort(url);
    return all
      .filter(({ kind, spec }) =>
        kind === "Service"
          ? (spec.ports ?? []).some(({ nodePort }) => nodePort !== undefined && nodePort === at?.port)
          : doors.includes(kind) && hostsOfDoor(spec).includes(at?.host ?? ""),
      )
      .map((target): Edge => ({ from: id, to: target.id, kind: "asks" }));
  });
  return { entries, edges };
}

/** `3 Secrets`, `1 ConfigMap`, … */
function countsOf(objects: KubernetesObject[]): string[] {
  const plural = (kind: string) => kind.replace(/y$/, "ie").replace(/s$/, "se");
  const kinds = [...new Set(objects.map(({ kind }) => kind))].sort(byName);
  return kinds.map((kind) => {
    const count = objects.filter((one) => one.kind === kind).length;
    return `${count} ${count === 1 ? kind : `${plural(kind)}s`}`;
  });
}

/** Each once, in an order of their own: that of the state is the order in which things happened to be made. */
const unique = (edges: Edge[]): Edge[] =>
  [...new Map(edges.map((edge) => [`${edge.from} ${edge.to}`, edge])).entries()]
    .sort(([one], [other]) => byName(one, other))
    .map(([, edge]) => edge);
