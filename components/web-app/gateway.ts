import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

export interface GatewayArgs {
  /** Namespace that it is in. */
  namespace: pulumi.Input<string>;
  /** GatewayClass of the controller, which has to be in the cluster, as have the definitions of the Gateway API. */
  className: string;
  /** Ports that it listens on, by the listener's name; those with a certificate speak HTTPS. */
  listeners: Record<string, { port: number; host?: string; certificateSecret?: pulumi.Input<string> }>;
  /** Labels of the namespaces whose routes it takes. @default all namespaces */
  routesFrom?: Record<string, string>;
}

/** A way into the cluster, for the routes of apps. https://gateway-api.sigs.k8s.io/api-types/gateway/ */
export function createGateway(
  name: string,
  { namespace, className, listeners, routesFrom }: GatewayArgs,
  opts: pulumi.CustomResourceOptions,
): kubernetes.apiextensions.CustomResource {
  const namespaces = routesFrom
    ? { from: "Selector", selector: { matchLabels: routesFrom } }
    : { from: "All" };
  return new kubernetes.apiextensions.CustomResource(
    name,
    {
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "Gateway",
      metadata: { name, namespace },
      spec: {
        gatewayClassName: className,
        listeners: Object.entries(listeners).map(([listener, { port, host, certificateSecret }]) => ({
          name: listener,
          port,
          ...(host && { hostname: host }),
          protocol: certificateSecret ? "HTTPS" : "HTTP",
          ...(certificateSecret && {
            tls: { mode: "Terminate", certificateRefs: [{ kind: "Secret", name: certificateSecret }] },
          }),
          allowedRoutes: { namespaces },
        })),
      },
    },
    opts,
  );
}
