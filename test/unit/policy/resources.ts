import { type Planned, type Props } from "../../../policy/planned";

/** A resource of a stack, for a rule to look at. */
export function resource(
  type: string,
  name: string,
  props: Props = {},
  { stack = "prod", parents = "", protect = false } = {},
): Planned {
  return { urn: `urn:pulumi:${stack}::farmstack::${parents}${type}::${name}`, type, name, props, protect };
}

/** A container on a host that breaks no rule. */
export const hostContainer = (props: Props = {}, name = "service") =>
  resource("docker:index/container:Container", `${name}-container`, {
    name,
    image: `sha256:${"a".repeat(64)}`,
    networkMode: "bridge",
    restart: "unless-stopped",
    logDriver: "json-file",
    logOpts: { "max-size": "50m", "max-file": "5" },
    ...props,
  });

export const digest = `@sha256:${"b".repeat(64)}`;

/** A Deployment that breaks no rule, with something else in its container and its pod. */
export const deployment = (container: Props = {}, pod: Props = {}, name = "app") =>
  resource("kubernetes:apps/v1:Deployment", `${name}-deployment`, {
    metadata: { name, namespace: "shop" },
    spec: {
      replicas: 2,
      template: {
        spec: {
          containers: [
            {
              name: "app",
              image: `registry.example.com/app:1.0${digest}`,
              resources: { requests: { cpu: "100m", memory: "64Mi" }, limits: { memory: "64Mi" } },
              ...container,
            },
          ],
          ...pod,
        },
      },
    },
  });

/** A policy that lets nobody into a namespace. */
export const denyAll = (namespace: unknown = "shop") =>
  resource("kubernetes:networking.k8s.io/v1:NetworkPolicy", "deny-all", {
    metadata: { name: "deny-all", namespace },
    spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
  });
