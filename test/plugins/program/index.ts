import * as command from "@pulumi/command";
import * as docker from "@pulumi/docker";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import * as tls from "@pulumi/tls";
import { readFileSync } from "node:fs";
import { type Declared } from "../declared";

type ResourceClass = new (
  name: string,
  props: never,
  opts?: pulumi.CustomResourceOptions,
) => pulumi.CustomResource;

const classes: Record<Declared["class"], ResourceClass> = {
  "random.RandomBytes": random.RandomBytes,
  "random.RandomPassword": random.RandomPassword,
  "random.RandomString": random.RandomString,
  "random.RandomUuid": random.RandomUuid,
  "command.local.Command": command.local.Command,
  "command.remote.Command": command.remote.Command,
  "command.remote.CopyToRemote": command.remote.CopyToRemote,
  "docker.Provider": docker.Provider,
  "docker.RemoteImage": docker.RemoteImage,
  "docker.Container": docker.Container,
  "docker.Network": docker.Network,
  "docker.Volume": docker.Volume,
  "kubernetes.Provider": kubernetes.Provider,
  "kubernetes.apiextensions.CustomResource": kubernetes.apiextensions.CustomResource,
  "kubernetes.apiextensions.v1.CustomResourceDefinition":
    kubernetes.apiextensions.v1.CustomResourceDefinition,
  "kubernetes.apps.v1.DaemonSet": kubernetes.apps.v1.DaemonSet,
  "kubernetes.apps.v1.Deployment": kubernetes.apps.v1.Deployment,
  "kubernetes.apps.v1.StatefulSet": kubernetes.apps.v1.StatefulSet,
  "kubernetes.batch.v1.Job": kubernetes.batch.v1.Job,
  "kubernetes.core.v1.ConfigMap": kubernetes.core.v1.ConfigMap,
  "kubernetes.core.v1.Namespace": kubernetes.core.v1.Namespace,
  "kubernetes.core.v1.PersistentVolume": kubernetes.core.v1.PersistentVolume,
  "kubernetes.core.v1.PersistentVolumeClaim": kubernetes.core.v1.PersistentVolumeClaim,
  "kubernetes.core.v1.Secret": kubernetes.core.v1.Secret,
  "kubernetes.core.v1.Service": kubernetes.core.v1.Service,
  "kubernetes.core.v1.ServiceAccountPatch": kubernetes.core.v1.ServiceAccountPatch,
  "kubernetes.rbac.v1.ClusterRole": kubernetes.rbac.v1.ClusterRole,
  "kubernetes.storage.v1.StorageClass": kubernetes.storage.v1.StorageClass,
  "tls.PrivateKey": tls.PrivateKey,
  "tls.CertRequest": tls.CertRequest,
  "tls.SelfSignedCert": tls.SelfSignedCert,
  "tls.LocallySignedCert": tls.LocallySignedCert,
};

const made = new Map<string, pulumi.CustomResource>();

for (const { class: className, name, props, provider } of new pulumi.Config().requireObject<Declared[]>(
  "resources",
)) {
  const opts = {
    provider: provider === undefined ? undefined : (find(provider) as pulumi.ProviderResource),
    deleteBeforeReplace: true,
  };
  made.set(name, new classes[className](name, resolve(props) as never, opts));
}

/** Replaces the marks that JSON needs for what it cannot say. */
function resolve(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(resolve);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  const [mark, text] = (entries[0] ?? []) as [string?, string?];
  if (mark?.startsWith("$") && text !== undefined) return meaning(mark, text);
  return Object.fromEntries(entries.map(([key, inner]) => [key, resolve(inner)]));
}

function meaning(mark: string, text: string): unknown {
  if (mark === "$secret") return pulumi.secret(Buffer.from(text, "base64").toString());
  if (mark === "$secretFile") return pulumi.secret(readFileSync(text, "utf8"));
  if (mark === "$text") return new pulumi.asset.StringAsset(text);
  if (mark === "$of") {
    const [name = "", output = ""] = text.split(".");
    return (find(name) as unknown as Record<string, unknown>)[output];
  }
  throw new Error(`${mark} has no meaning here`);
}

function find(name: string): pulumi.CustomResource {
  const resource = made.get(name);
  if (!resource) throw new Error(`${name} has to stand in the list before what uses it`);
  return resource;
}
