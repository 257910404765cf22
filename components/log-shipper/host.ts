import * as pulumi from "@pulumi/pulumi";
import { Container } from "../container";
import { type Host } from "../hosts";
import { quote } from "../hosts/shell";
import { type ImageName } from "../images";
import { command, dataPath, home, queueIn } from "./filebeat";
import { caFile, containersPath, engineSocket, hostConfig } from "./host-config";
import { type ShipperOutput } from "./output";

export interface HostLogShipperArgs {
  /** Host whose containers it reads. */
  host: Host;
  /** Where the lines go. */
  output: ShipperOutput;
  /** The field `stack` of each line. @default the stack's name */
  stack?: string;
  /** Data stream that they are kept in, TYPE-DATASET-NAMESPACE, such as logs-containers-prod. */
  dataStream: string;
  /** Most that is kept on the host's disk for a store that is down, MiB; at least 16. @default 1024 */
  queueMiB?: number;
  /** Most memory, MiB; Filebeat takes some 100. @default 256 */
  memoryMiB?: number;
  /** Name in images.ts. @default filebeat */
  image?: ImageName;
  /** Names of containers whose lines are not shipped. @default none but its own */
  exclude?: string[];
}

/**
 * Sends what the containers of a host print to the log store, with the names of host, container, service and stack. It
 * reads the files that Docker writes anyway, so no container needs the store, or the shipper, to start or to run. What the
 * store does not take yet is on the host's disk, and how far the files were read is, too.
 *
 * It is root, which owns those files, and it has the engine's socket, for names and labels.
 * https://www.elastic.co/docs/reference/beats/filebeat/running-on-docker
 */
export class HostLogShipper extends pulumi.ComponentResource {
  /** Name of its container, which is the component's. */
  public readonly containerName: string;
  /** Directory on the host with queue and registry. Without the queue, lines are lost; without the registry, files are read again. */
  public readonly dataDirectory: string;
  /** What to type to see how much waits for the store; the segment that is written to counts until it is full. */
  public readonly heldCommand: string;
  /** What to type to see what troubles it. */
  public readonly healthCommand: string;

  constructor(name: string, args: HostLogShipperArgs, opts?: pulumi.ComponentResourceOptions) {
    super("farmstack:log-shipper:HostLogShipper", name, {}, opts);
    const { host, dataStream, stack = pulumi.getStack() } = args;
    const { queueMiB = 1024, memoryMiB = 256, image = "filebeat", exclude = [] } = args;
    if (queueMiB < 16)
      throw new pulumi.ResourceError(`${name}: a queue has at least 16 MiB, not ${queueMiB}`, this);
    this.containerName = name;
    this.dataDirectory = `${host.dataDirectory}/log-shipper`;
    this.heldCommand = host.shellCommand(`du -sh ${queueIn(this.dataDirectory)}`);
    this.healthCommand = host.shellCommand(`docker logs --tail 50 ${name}`);

    const directory = host.run(
      `${name}-directory`,
      { script: directoryScript(this.dataDirectory) },
      { parent: this },
    );
    new Container(
      name,
      {
        host,
        image,
        component: "log-shipper",
        command,
        user: "root",
        memoryMiB,
        files: [
          {
            path: `${home}/filebeat.yml`,
            mode: "0600",
            content: pulumi.output(args.output).apply((output) =>
              hostConfig({
                hostName: host.hostName,
                stack,
                exclude: [name, ...exclude],
                dataStream,
                queueMiB,
                output,
              }),
            ),
          },
          { path: caFile, content: pulumi.output(args.output).apply(({ ca }) => ca) },
        ],
        volumes: [
          { hostPath: host.containersDirectory, path: containersPath, readOnly: true },
          // The socket alone: a bind of /run would keep mounts in it busy.
          { hostPath: engineSocket, path: engineSocket },
          { hostPath: this.dataDirectory, path: dataPath },
        ],
      },
      { parent: this, dependsOn: directory },
    );

    this.registerOutputs({
      containerName: this.containerName,
      dataDirectory: this.dataDirectory,
      heldCommand: this.heldCommand,
      healthCommand: this.healthCommand,
    });
  }
}

/** Script that makes the directory, into which nobody but root may look: it has what containers printed. */
export const directoryScript = (path: string): string => `
directory=${quote(path)}
mkdir -p "$directory"
chown root:root "$directory"
chmod 0700 "$directory"
echo "$directory: there"
`;
