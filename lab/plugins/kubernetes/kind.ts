import { type Properties } from "../resource-type";

/** Which objects a type is about, in the API's own words. */
export interface Kind {
  /** `v1`, `apps/v1`, `example.com/v1`. */
  apiVersion: string;
  kind: string;
}

/** An object of the API. */
export interface ObjectRef extends Kind {
  /** undefined: the kind has no namespaces. */
  namespace?: string;
  name: string;
}

/** API groups that are part of Kubernetes itself, and so always there. */
const ownGroups = new Set([
  ...["", "apps", "autoscaling", "batch", "policy"],
  ...[
    "admissionregistration",
    "apiextensions",
    "apiregistration",
    "certificates",
    "coordination",
    "discovery",
    "events",
    "flowcontrol.apiserver",
    "networking",
    "node",
    "rbac.authorization",
    "resource",
    "scheduling",
    "storage",
  ].map((group) => `${group}.k8s.io`),
]);

/** Kinds of those groups that have no namespace. */
const clusterWide = new Set([
  ...["APIService", "CSIDriver", "CSINode", "CertificateSigningRequest", "ClusterRole", "ClusterRoleBinding"],
  ...[
    "ClusterTrustBundle",
    "CustomResourceDefinition",
    "DeviceClass",
    "FlowSchema",
    "IPAddress",
    "IngressClass",
  ],
  ...[
    "MutatingAdmissionPolicy",
    "MutatingAdmissionPolicyBinding",
    "MutatingWebhookConfiguration",
    "Namespace",
  ],
  ...[
    "Node",
    "PersistentVolume",
    "PriorityClass",
    "PriorityLevelConfiguration",
    "ResourceSlice",
    "RuntimeClass",
  ],
  ...["ServiceCIDR", "StorageClass", "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"],
  ...["ValidatingWebhookConfiguration", "VolumeAttachment", "VolumeAttributesClass"],
]);

const patch = /Patch$/;

/** Whether a type token is that of a patch, `kubernetes:core/v1:ServiceAccountPatch`: fields of an object of others. */
export const isPatch = (token: string): boolean => patch.test(token) && isOwn(splitToken(token));

/** The kind of a type token, such as `kubernetes:core/v1:ConfigMap`. Throws for what this stand-in refuses. */
export function kindOf(token: string): Kind {
  const [first = "", version] = (token.split(":")[1] ?? "").split("/");
  const refused = (why: string) =>
    new Error(`the lab's stand-in for kubernetes does not have ${token}: ${why}`);
  if (["helm.sh", "kustomize", "yaml"].includes(first) || !version)
    throw refused("charts, kustomizations and files of YAML are not taken, write the objects in the program");
  const found = splitToken(token);
  if (!isOwn(found)) return found;
  if (found.kind.endsWith("List")) throw refused("lists are no resources, declare what is in them");
  return { ...found, kind: found.kind.replace(patch, "") };
}

function splitToken(token: string): Kind {
  const [, module = "", kind = ""] = token.split(":");
  const [first = "", version = ""] = module.split("/");
  const group = first === "core" ? "" : first;
  return { apiVersion: group ? `${group}/${version}` : version, kind };
}

/** Whether the kind is one of Kubernetes itself, not a custom resource. */
export const isOwn = ({ apiVersion }: Kind): boolean => ownGroups.has(groupOf(apiVersion));

/** Whether objects of the kind are in namespaces; undefined where only the API server knows. */
export function isNamespaced(kind: Kind): boolean | undefined {
  return isOwn(kind) ? !clusterWide.has(kind.kind) : undefined;
}

export const is = ({ apiVersion, kind }: Kind, ...names: string[]): boolean =>
  names.includes(`${apiVersion}/${kind}`);

/** The resource id: `namespace/name`, or `name` where there are no namespaces. */
export const idOf = ({ namespace, name }: Omit<ObjectRef, keyof Kind>): string =>
  namespace ? `${namespace}/${name}` : name;

/** The object behind a resource id. */
export function refOf({ apiVersion, kind }: Kind, id: string): ObjectRef {
  const [first = "", second] = id.split("/");
  return second === undefined
    ? { apiVersion, kind, name: first }
    : { apiVersion, kind, namespace: first, name: second };
}

/** The object with this metadata. */
export const refIn = ({ apiVersion, kind }: Kind, { namespace, name }: Properties): ObjectRef => ({
  apiVersion,
  kind,
  namespace,
  name,
});

/** How messages name an object: `Deployment web/front`. */
export const title = (ref: ObjectRef): string => `${ref.kind} ${idOf(ref)}`;

const groupOf = (apiVersion: string) =>
  apiVersion.includes("/") ? (apiVersion.split("/")[0] as string) : "";
