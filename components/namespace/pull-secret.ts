import * as core from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { dockerConfig } from "../docker-config";
import { type RegistryAccess } from "../images";

const secretName = "registry";

/**
 * Puts the login for a registry into a namespace, and gives what an account needs so that its pods are pulled with it;
 * nothing when there is no login. https://kubernetes.io/docs/tasks/configure-pod-container/pull-image-private-registry/
 */
export function createPullSecret(
  name: string,
  namespace: pulumi.Input<string>,
  registry: RegistryAccess | undefined,
  opts: pulumi.CustomResourceOptions,
): { imagePullSecrets?: { name: pulumi.Output<string> }[] } {
  if (!registry?.login) return {};
  const { address, login } = registry;
  const secret = new core.Secret(
    `${name}-registry`,
    {
      metadata: { name: secretName, namespace },
      type: "kubernetes.io/dockerconfigjson",
      stringData: {
        ".dockerconfigjson": pulumi
          .secret(login.password)
          .apply((password) => dockerConfig(address, login.username, password)),
      },
    },
    { ...opts, deleteBeforeReplace: true }, // its name is in the account
  );
  return { imagePullSecrets: [{ name: secret.metadata.name }] };
}
