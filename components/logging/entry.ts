import type * as pulumi from "@pulumi/pulumi";
import { Container } from "../container";
import { type Host } from "../hosts";
import { type Authority } from "./certificates";
import { entryMemoryMiB, nginxConf, nginxFiles } from "./nginx-conf";

/** Where people come in. */
export interface EntryArgs {
  /** TCP port on the hosts. @default 443 */
  port?: number;
  /** Networks that may come in, CIDR; at least one. */
  allow: string[];
  /** URL by which browsers reach it; its host is in the certificate. @default the first host's address */
  publicUrl?: string;
  /** What stands behind it: Kibana, or the store itself, to be read only. @default kibana where there is one */
  to?: "kibana" | "elasticsearch";
}

/** nginx on one host. */
export function createEntry(
  name: string,
  host: Host,
  { port, allow, publicUrl, to }: Required<EntryArgs>,
  authority: Authority,
  parent: pulumi.Resource,
): Container {
  const { hostName, address } = host;
  const pair = authority.sign(`entry-${hostName}`, [
    hostName,
    address,
    new URL(publicUrl).hostname.replaceAll(/[[\]]/g, ""),
  ]);
  const file = (its: string, content: pulumi.Input<string>, mode?: string) => ({
    path: `${nginxFiles}/${its}`,
    content,
    mode,
  });
  return new Container(
    `${name}-entry-${hostName}`,
    {
      host,
      image: "nginx",
      component: "logging",
      command: ["nginx", "-g", "daemon off;"],
      files: [
        { path: "/etc/nginx/nginx.conf", content: nginxConf({ port, allow, to, address, hostName }) },
        file("ca.pem", authority.certificate),
        file("certificate.pem", pair.certificate),
        file("key.pem", pair.key, "0400"),
      ],
      tmpfs: { "/tmp": "mode=1777" },
      memoryMiB: entryMemoryMiB,
    },
    { parent },
  );
}

/** By which browsers reach a node. */
export const publicUrlOf = (
  { port = 443, publicUrl }: EntryArgs,
  { address }: Pick<Host, "address">,
): string =>
  publicUrl ?? `https://${address.includes(":") ? `[${address}]` : address}${port === 443 ? "" : `:${port}`}`;
