import { type types } from "@pulumi/kubernetes";
import { type Input } from "@pulumi/pulumi";
import { type Source } from "./network-policy";

/** How requests from outside of the cluster come to the app: one of the three. */
export type Entry = { route: RouteEntry } | { ingress: IngressEntry } | { nodePort: NodePortEntry };

/** A listener of a gateway that is there already, of whichever controller. */
export interface RouteEntry {
  /** Which gateway. */
  gateway: {
    /** Name of the Gateway. */
    name: Input<string>;
    /** Namespace of the Gateway. */
    namespace: Input<string>;
    /** Name of its listener. @default all */
    listener?: string;
  };
  /** Names by which the app is asked for; the listener has to allow them. @default any */
  hosts?: string[];
  /** Beginning of the paths that are the app's. @default / */
  path?: string;
  /** Where the proxies of the gateway run. @default all pods of the gateway's namespace */
  from?: Source;
}

/** A host name of an Ingress controller that is there already. */
export interface IngressEntry {
  /** IngressClass of the controller. */
  className: string;
  /** Name by which the app is asked for. */
  host: string;
  /** Beginning of the paths that are the app's. @default / */
  path?: string;
  /** Secret with the host's certificate. @default none: no TLS */
  tlsSecret?: Input<string>;
  /** Where the controller runs. */
  from: Source;
}

/** A port of every node. What comes that way has a node's address, so pods can't tell by whom they are asked. */
export interface NodePortEntry {
  /** 30000 to 32767, and no other Service's. */
  port: number;
}

/** Which requests go to the second version: a share of all, or those with a header. */
export type CanaryShare =
  | {
      /** Percent of the requests, 0 to 100. */
      weight: number;
    }
  | { header: { name: string; value: string } };

/** A Service that a route leads to. */
interface Backends {
  stable: string;
  canary?: { service: string; gets: CanaryShare };
}

/** Port of all Services of apps. */
export const servicePort = 80;

const group = "gateway.networking.k8s.io";
export const routeKind = { apiVersion: `${group}/v1`, kind: "HTTPRoute" };

/** An HTTPRoute from a gateway. https://gateway-api.sigs.k8s.io/api-types/httproute/ */
export function gatewayRouteSpec({ gateway, hosts, path }: RouteEntry, backends: Backends) {
  const { name, namespace, listener } = gateway;
  const parent = { group, kind: "Gateway", name, namespace, ...(listener && { sectionName: listener }) };
  return { parentRefs: [parent], ...(hosts && { hostnames: hosts }), rules: rules(backends, path) };
}

/** An HTTPRoute for requests to the app's Service from inside of the mesh. https://gateway-api.sigs.k8s.io/mesh/ */
export function meshRouteSpec(backends: Backends) {
  const parent = { group: "", kind: "Service", name: backends.stable, port: servicePort };
  return { parentRefs: [parent], rules: rules(backends) };
}

function rules({ stable, canary }: Backends, path = "/") {
  const match = { path: { type: "PathPrefix", value: path } };
  const to = (name: string, weight = 1) => ({ name, port: servicePort, weight });
  if (!canary) return [{ matches: [match], backendRefs: [to(stable)] }];
  const { service, gets } = canary;
  if ("header" in gets) {
    const headers = [{ type: "Exact", ...gets.header }];
    return [
      { matches: [{ ...match, headers }], backendRefs: [to(service)] },
      { matches: [match], backendRefs: [to(stable)] },
    ];
  }
  return [{ matches: [match], backendRefs: [to(stable, 100 - gets.weight), to(service, gets.weight)] }];
}

export function ingressSpec(
  { className, host, path = "/", tlsSecret }: IngressEntry,
  service: string,
): types.input.networking.v1.IngressSpec {
  const backend = { service: { name: service, port: { number: servicePort } } };
  return {
    ingressClassName: className,
    rules: [{ host, http: { paths: [{ path, pathType: "Prefix", backend }] } }],
    ...(tlsSecret && { tls: [{ hosts: [host], secretName: tlsSecret }] }),
  };
}
