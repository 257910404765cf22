import { applicationImage, type ImageSources } from "../components/images";
import { type PlatformNamespace } from "../components/namespace";
import { type DatabaseUse, type WebAppArgs } from "../components/web-app";
import { type WebAppSettings } from "./schema";

/**
 * Arguments of an app in its namespace, with its database if it has one. That of what may be given in several ways one
 * is, was checked.
 */
export function webAppOf(
  settings: WebAppSettings,
  images: ImageSources,
  { namespace, environment }: Pick<PlatformNamespace, "namespace" | "environment">,
  database?: Pick<DatabaseUse, "configMap" | "secret" | "clientLabels">,
): WebAppArgs {
  const { image, canary, entry, scaling, ...others } = settings;
  return {
    ...others,
    namespace,
    environment,
    image: applicationImage(image, images),
    database: database && {
      configMap: database.configMap,
      secret: database.secret,
      clientLabels: database.clientLabels,
      variables: settings.database?.variables,
    },
    scaling: scaling as WebAppArgs["scaling"],
    entry: entry as WebAppArgs["entry"],
    canary: canary && ({ ...canary, image: applicationImage(canary.image, images) } as WebAppArgs["canary"]),
  };
}

/**
 * Where a person finds the app; undefined: nowhere, or only its gateway knows.
 * @param node address of a node; undefined: nothing is known of them
 */
export function pageOf(
  { entry }: Pick<WebAppSettings, "entry">,
  node: string | undefined,
): string | undefined {
  const { ingress, nodePort } = entry ?? {};
  if (ingress) return `${ingress.tlsSecret ? "https" : "http"}://${ingress.host}${ingress.path}`;
  return nodePort && node && `http://${node.includes(":") ? `[${node}]` : node}:${nodePort.port}/`;
}
