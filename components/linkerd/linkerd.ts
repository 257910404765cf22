import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { createCertificates } from "./certificates";

export interface LinkerdArgs {
  /** Version of the charts, the same for all, such as `2025.10.3`: an edge release, as the project publishes no other. */
  version: string;
  /** Repository of the charts. @default https://helm.linkerd.io/edge */
  repository?: string;
  /** Whether there are three of each part, on different hosts; its pods can't start without it then. @default false */
  highlyAvailable?: boolean;
}

/**
 * Linkerd: pods with the annotation `linkerd.io/inject: enabled` get a proxy. Pods' traffic is led to it by a CNI plugin, since
 * an init container that does so is not admitted by Pod Security `restricted`. The Gateway API's definitions have to be there.
 * Releases of Helm and no rendered charts: the charts make certificates for webhooks whenever they are rendered.
 * https://linkerd.io/2-edge/tasks/install-helm/
 */
export class Linkerd extends pulumi.ComponentResource {
  /** PEM of what all proxies trust, for another cluster of the same mesh. */
  public readonly trustAnchor: pulumi.Output<string>;

  constructor(name: string, args: LinkerdArgs, opts?: pulumi.ComponentResourceOptions) {
    super("farmstack:linkerd:Linkerd", name, {}, opts);
    const { version, repository = "https://helm.linkerd.io/edge", highlyAvailable = false } = args;
    const certificates = createCertificates(name, this);

    const namespace = (itsName: string, security: string) =>
      new kubernetes.core.v1.Namespace(
        `${name}-${itsName}`,
        { metadata: { name: itsName, labels: { "pod-security.kubernetes.io/enforce": security } } },
        { parent: this },
      ).metadata.name;
    const release = (
      chart: string,
      into: pulumi.Input<string>,
      values: Record<string, pulumi.Input<unknown>>,
      dependsOn: pulumi.Resource[],
    ) =>
      new kubernetes.helm.v3.Release(
        `${name}-${chart}`,
        { name: chart, chart, version, namespace: into, repositoryOpts: { repo: repository }, values },
        { parent: this, dependsOn },
      );

    const own = namespace("linkerd", "restricted");
    const definitions = release("linkerd-crds", own, { installGatewayAPI: false }, []);
    // It writes into the nodes' CNI configuration.
    const plugin = release("linkerd2-cni", namespace("linkerd-cni", "privileged"), {}, []);
    release(
      "linkerd-control-plane",
      own,
      {
        cniEnabled: true,
        identityTrustAnchorsPEM: certificates.anchor,
        identity: { issuer: { tls: { crtPEM: certificates.issuer, keyPEM: certificates.issuerKey } } },
        ...(highlyAvailable && {
          controllerReplicas: 3,
          enablePodAntiAffinity: true,
          enablePodDisruptionBudget: true,
          webhookFailurePolicy: "Fail",
        }),
      },
      [definitions, plugin],
    );

    this.trustAnchor = certificates.anchor;
    this.registerOutputs({ trustAnchor: this.trustAnchor });
  }
}
