import { type remote } from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import { Container, type ContainerArgs, containerFingerprint } from "../container";
import { type Host } from "../hosts";
import { quote } from "../hosts/shell";
import { type Authority } from "./certificates";
import { elasticsearchYml, filesPath, home, repositoryPath } from "./elasticsearch-yml";
import { makeFolders } from "./folders";
import { formScript, gateScript, type Login, mayChangeScript } from "./gates";
import { folders, owner, ports } from "./paths";
import { newest, type Passwords } from "./passwords";

export interface ElasticsearchArgs {
  /** Name of the logging node's component, and of the cluster. */
  name: string;
  hosts: Host[];
  heapMiB: number;
  memoryMiB: number;
  lockMemory: boolean;
  openFiles: number;
  /** Directory on the hosts for snapshots. @default none */
  repository?: string;
  authority: Authority;
  passwords: Passwords;
}

/** Seconds that a node may take to start, and to have the others' data again. */
const patience = 900;

/** While this file is there, the first node may form a cluster. */
const mayForm = "may-form";

/**
 * What a node's container runs. The first password comes out of a file; it means something on an empty data directory only.
 * `ELASTIC_PASSWORD_FILE` is the image's own way to be given one.
 */
export const startScript = (heapMiB: number, node: string): string => `set -eu
export ELASTIC_PASSWORD_FILE=${filesPath}/elastic-password
export ES_JAVA_OPTS='-Xms${heapMiB}m -Xmx${heapMiB}m'
if [ -e ${filesPath}/${mayForm} ]; then set -- -Ecluster.initial_master_nodes=${node}; fi
exec /usr/local/bin/docker-entrypoint.sh eswrapper "$@"
`;

/**
 * The nodes, one after the other, each behind its gates. Gives the step behind which all are there.
 *
 * Of several, the first forms the cluster and the others join it. It may do so once: when it has no data, and none of
 * the others answers. So a node that lost its disk never begins a second cluster beside the first.
 */
export function createElasticsearch(args: ElasticsearchArgs, parent: pulumi.Resource): remote.Command {
  const { name, hosts, authority, passwords } = args;
  const nodes = hosts.map((host) => ({ name: host.hostName, address: host.address }));
  const login = (host: Host): Login => ({
    url: urlOf(host),
    ca: authority.certificate,
    passwords,
  });

  let before: pulumi.Resource[] = [];
  for (const [index, host] of hosts.entries()) {
    const container = `${name}-elasticsearch-${host.hostName}`;
    const { data, files } = folders(host.dataDirectory, "elasticsearch");
    const pair = authority.sign(`elasticsearch-${host.hostName}`, [
      host.hostName,
      host.address,
      "localhost",
      "127.0.0.1",
    ]);
    const written = makeFolders(
      name,
      host,
      {
        daemon: "elasticsearch",
        files: {
          "ca.pem": authority.certificate,
          "certificate.pem": pair.certificate,
          "key.pem": pair.key,
          "elastic-password": newest(passwords),
        },
        keep: [mayForm],
        then: [
          args.repository ? repositoryDirectory(args.repository) : "",
          hosts.length > 1 && index === 0 ? formScript(mayForm, hosts.slice(1).map(urlOf)) : "",
        ].join("\n"),
      },
      { parent },
    );
    const definition: ContainerArgs = {
      host,
      image: "elasticsearch",
      component: "logging",
      command: ["sh", "-c", startScript(args.heapMiB, host.hostName), "elasticsearch"],
      files: [
        {
          path: `${home}/config/elasticsearch.yml`,
          content: elasticsearchYml({
            cluster: name,
            node: { name: host.hostName, address: host.address },
            nodes,
            lockMemory: args.lockMemory,
            snapshots: args.repository !== undefined,
          }),
        },
      ],
      volumes: [
        { hostPath: data, path: `${home}/data` },
        { hostPath: files, path: filesPath, readOnly: true },
        ...(args.repository ? [{ hostPath: args.repository, path: repositoryPath }] : []),
      ],
      memoryMiB: args.memoryMiB,
      limits: { nofile: args.openFiles, ...(args.lockMemory ? { memlock: -1 } : {}) },
      stopWithin: 120,
      // Any answer will do: who asks here has no password.
      health: {
        command: ["bash", "-c", `exec 3<>/dev/tcp/${host.address}/${ports.http}`],
        interval: "30s",
      },
    };
    const gate = { host, container, nodes: hosts.length, login: login(host), patience };
    const mayChange =
      hosts.length > 1
        ? host.run(
            `${container}-may-change`,
            { script: mayChangeScript(gate, containerFingerprint(definition)), timeout: "20m" },
            { parent, dependsOn: before },
          )
        : undefined;
    const its = new Container(container, definition, {
      parent,
      dependsOn: [...before, written, ...(mayChange ? [mayChange] : [])],
    });
    const back = host.run(
      `${container}-back`,
      { script: gateScript(gate, its.containerId), timeout: "20m" },
      { parent, dependsOn: its },
    );
    before = [back];
  }

  const [first] = hosts as [Host];
  const { files } = folders(first.dataDirectory, "elasticsearch");
  return first.run(
    `${name}-formed`,
    { script: `rm -f ${quote(`${files}/${mayForm}`)}; echo formed` },
    { parent, dependsOn: before },
  );
}

export const urlOf = ({ address }: Pick<Host, "address">): string =>
  `https://${address.includes(":") ? `[${address}]` : address}:${ports.http}`;

/** The directory belongs to the nodes; what is in it is left alone. */
const repositoryDirectory = (path: string): string =>
  `mkdir -p ${quote(path)} || fail "${path} can't be made; is it on a mount that is away?"
chown ${owner} ${quote(path)}
chmod 0750 ${quote(path)}`;
