/**
 * A resource as the program gets it. In `props`, an object with one of these keys stands for what JSON cannot say:
 * `$of` an output of an earlier resource (`image.imageId`), `$secret` a secret text in base64 (a plan prints the
 * configuration, where it must not be found), `$secretFile` the content of a file as a secret, `$text` an asset.
 */
export interface Declared {
  class:
    | `random.Random${"Bytes" | "Password" | "String" | "Uuid"}`
    | `command.${"local.Command" | "remote.Command" | "remote.CopyToRemote"}`
    | `docker.${"Provider" | "RemoteImage" | "Container" | "Network" | "Volume"}`
    | "kubernetes.Provider"
    | "kubernetes.apiextensions.CustomResource"
    | "kubernetes.apiextensions.v1.CustomResourceDefinition"
    | `kubernetes.apps.v1.${"DaemonSet" | "Deployment" | "StatefulSet"}`
    | "kubernetes.batch.v1.Job"
    | `kubernetes.core.v1.${"ConfigMap" | "Namespace" | "PersistentVolume" | "PersistentVolumeClaim" | "Secret" | "Service" | "ServiceAccountPatch"}`
    | "kubernetes.rbac.v1.ClusterRole"
    | "kubernetes.storage.v1.StorageClass"
    | `tls.${"PrivateKey" | "CertRequest" | "SelfSignedCert" | "LocallySignedCert"}`;
  /** Logical name. */
  name: string;
  props: Record<string, unknown>;
  /** Name of an earlier Provider. @default none */
  provider?: string;
}
