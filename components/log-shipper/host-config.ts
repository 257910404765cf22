import { dataPath, dissected, filebeatYaml, home } from "./filebeat";
import { type KnownOutput } from "./output";

/** Where the engine's folder of containers is in the shipper's own, wherever it is on the host. */
export const containersPath = "/var/lib/docker/containers";
/** The certificate of the output's authority, in the container. */
export const caFile = `${home}/ca.crt`;
/** The engine's socket, on the host and in the container. */
export const engineSocket = "/run/docker.sock";

export interface HostConfig {
  hostName: string;
  stack: string;
  /** Names of containers whose lines are left out, the shipper's own among them: it would ship what it says of what it ships. */
  exclude: string[];
  dataStream: string;
  queueMiB: number;
  output: KnownOutput;
}

/**
 * filebeat.yml of a host: all that its containers print, with Docker's json-file driver. Whose line it is, is told by the
 * path alone. The engine is asked for names and labels; a line without them has the same id.
 */
export const hostConfig = ({ exclude, ...config }: HostConfig): string =>
  filebeatYaml({
    ...config,
    paths: [`${containersPath}/*/*-json.log*`], // the rotated ones too: they may not have been read to the end
    excludeFiles: ["\\.gz$", "\\.tmp$"],
    format: "docker",
    origin: [dissected(`${containersPath}/%{container.id}/%{?file}`)],
    identity: ["container.id"],
    description: [
      { add_docker_metadata: { host: `unix://${engineSocket}`, "labels.dedot": true } },
      {
        drop_event: {
          when: { or: exclude.map((name) => ({ equals: { "container.name": name } })) },
        },
      },
    ],
    services: ["container.labels.farmstack_component", "container.name", "container.id"],
    unwanted: ["container.labels"], // any label would be a field of the index
    caFile,
    status: { host: `unix://${dataPath}/filebeat.sock` },
  });
