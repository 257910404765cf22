import { PersistentVolumeClaim } from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { type Host } from "../../../components/hosts";
import { existingCluster, kubernetesProvider } from "../../../components/kubernetes";
import { KubernetesStorage } from "../../../components/kubernetes-storage";

const config = new pulumi.Config();
const provider = kubernetesProvider("cluster", existingCluster(config.require("kubeconfigFile")));

/** No pod ever runs where there is no node: nobody waits for those of a Deployment. */
const unawaited: pulumi.ResourceTransformation = ({ type, props, opts }) =>
  type === "kubernetes:apps/v1:Deployment"
    ? {
        props: {
          ...props,
          metadata: { ...props.metadata, annotations: { "pulumi.com/skipAwait": "true" } },
        },
        opts,
      }
    : undefined;
const opts = { provider, transformations: [unawaited] };

if (config.require("kind") === "csi") {
  const keyring = config.requireSecret("key").apply((key) => `[client.kubernetes]\n\tkey = ${key}\n`);
  new KubernetesStorage(
    "storage",
    {
      kind: "csi",
      fsid: "11111111-2222-4333-8444-555555555555",
      monitors: ["192.0.2.11"],
      cephConf: "[global]\n",
      client: { name: "kubernetes", keyring },
      filesystem: "cephfs",
      pool: "rbd",
      default: "cephfs",
      images: { overrides: {} },
      protect: false,
    },
    opts,
  );
} else {
  const host = { run: () => undefined, shellCommand: String } as unknown as Host; // there is none
  const storage = new KubernetesStorage(
    "storage",
    { kind: "host-mount", mount: "/mnt/cephfs", host, protect: false },
    opts,
  );
  const place = { namespace: "default", claim: "files" };
  const { spec } = storage.volume("files", {
    ...place,
    sizeGiB: 1,
    access: "ReadWriteMany",
    owner: { user: 999, group: 999 },
  });
  new PersistentVolumeClaim(
    "files",
    { metadata: { namespace: place.namespace, name: place.claim }, spec },
    { provider },
  );
}
