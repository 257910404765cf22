import { type PartName, partNames } from "../components/harbor/part-names";
import { type HarborSettings } from "./schema";

/** `host[:port]` at which clients ask Harbor; undefined: there is none. */
export const harborAddress = (harbor: {
  hostname?: string;
  ports?: { https?: number };
}): string | undefined => {
  const { https = 443 } = harbor.ports ?? {};
  return harbor.hostname && `${harbor.hostname}${https === 443 ? "" : `:${https}`}`;
};

/** The parts that Harbor has with these settings; none without a host. */
export function harborParts({ host, database, cache, scanner, ports }: HarborSettings): PartName[] {
  if (host === undefined) return [];
  const byChoice: Partial<Record<PartName, boolean>> = {
    database: database === undefined,
    redis: cache === undefined,
    scanner: scanner !== undefined,
    exporter: ports.metrics !== undefined,
  };
  return partNames.filter((part) => byChoice[part] ?? true);
}
