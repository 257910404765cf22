import { stringify } from "yaml";
import { ports } from "./paths";

export interface ElasticsearchNode {
  name: string;
  address: string;
}

export interface ElasticsearchSettings {
  cluster: string;
  node: ElasticsearchNode;
  /** All nodes, this one included. One alone is a cluster that takes no other. */
  nodes: ElasticsearchNode[];
  /** Whether its memory is kept from being swapped out. */
  lockMemory: boolean;
  /** Whether there is a directory for snapshots. */
  snapshots: boolean;
}

/** Where Elasticsearch's image has its parts. */
export const home = "/usr/share/elasticsearch";
/** Files that the node reads: certificates, keys, its first password. Below `config`, or its policy forbids to read them. */
export const filesPath = `${home}/config/farmstack`;
export const repositoryPath = "/mnt/repository";

/**
 * elasticsearch.yml of a node. Only settings of the server itself and of its security are in it, so that a build with fewer
 * modules starts with it too.
 * https://www.elastic.co/docs/deploy-manage/deploy/self-managed/important-settings-configuration
 */
export function elasticsearchYml({
  cluster,
  node,
  nodes,
  lockMemory,
  snapshots,
}: ElasticsearchSettings): string {
  const tls = {
    enabled: true,
    certificate: `${filesPath}/certificate.pem`,
    key: `${filesPath}/key.pem`,
    certificate_authorities: [`${filesPath}/ca.pem`],
  };
  const settings = {
    "cluster.name": cluster,
    "node.name": node.name,
    "network.host": node.address,
    "http.port": ports.http,
    "transport.port": ports.transport,
    ...(nodes.length === 1
      ? { "discovery.type": "single-node" }
      : { "discovery.seed_hosts": nodes.map(({ address }) => seed(address)) }),
    "bootstrap.memory_lock": lockMemory,
    ...(snapshots ? { "path.repo": [repositoryPath] } : {}),
    "xpack.license.self_generated.type": "basic",
    "xpack.security.enabled": true,
    "xpack.security.enrollment.enabled": false,
    "xpack.security.http.ssl": tls,
    "xpack.security.transport.ssl": { ...tls, verification_mode: "full" },
  };
  return stringify(settings, { aliasDuplicateObjects: false });
}

const seed = (address: string): string =>
  `${address.includes(":") ? `[${address}]` : address}:${ports.transport}`;
