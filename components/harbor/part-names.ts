/** Parts of Harbor, by the names of their containers without that of the component. */
export const partNames = [
  ...(["database", "redis", "registry", "registryctl", "core"] as const),
  ...(["portal", "jobservice", "scanner", "exporter", "proxy"] as const),
] as const;

/** A part of Harbor. */
export type PartName = (typeof partNames)[number];
