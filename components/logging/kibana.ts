import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { Container } from "../container";
import { type Host } from "../hosts";
import { hostFunctions } from "../hosts/functions";
import { assignments } from "../hosts/shell";
import { type Authority } from "./certificates";
import { makeFolders } from "./folders";
import { kibanaFiles, kibanaHome, kibanaYml } from "./kibana-yml";
import { folders, ports } from "./paths";
import { revisionOf } from "./receiver";
import { savedObjects } from "./saved-objects";

/** Kibana, on each host. */
export interface KibanaArgs {
  /** Most memory, MiB. @default 2048 */
  memoryMiB?: number;
}

type Keys = Record<"sessions" | "savedObjects" | "reports", pulumi.Output<string>>;

/** Keys that never change: what is encrypted with them can be read with nothing else. The same on all hosts. */
export function createKeys(name: string, opts: pulumi.CustomResourceOptions): Keys {
  const key = (what: string) =>
    new random.RandomPassword(`${name}-kibana-key-${what}`, { length: 48, special: false }, opts).result;
  return { sessions: key("sessions"), savedObjects: key("saved-objects"), reports: key("reports") };
}

export interface CreateKibanaArgs {
  name: string;
  host: Host;
  memoryMiB: number;
  urls: string[];
  publicUrl: string;
  authority: Authority;
  keys: Keys;
  /** Of kibana_system. */
  password: pulumi.Output<string>;
}

/** Kibana on one host. All of kibana.yml is in a file that only it may read. */
export function createKibana(
  args: CreateKibanaArgs,
  parent: pulumi.Resource,
  dependsOn: pulumi.Resource[],
): Container {
  const { name, host, urls, publicUrl, authority } = args;
  const { data, files } = folders(host.dataDirectory, "kibana");
  const all = {
    "ca.pem": authority.certificate,
    "kibana.yml": pulumi
      .all([args.password, args.keys])
      .apply(([password, keys]) => kibanaYml({ name: host.hostName, urls, publicUrl, password, keys })),
  };
  const written = makeFolders(name, host, { daemon: "kibana", files: all }, { parent });
  return new Container(
    `${name}-kibana-${host.hostName}`,
    {
      host,
      image: "kibana",
      component: "logging",
      command: [`${kibanaHome}/bin/kibana`, "--config", `${kibanaFiles}/kibana.yml`],
      files: [revisionOf(all)],
      volumes: [
        { hostPath: data, path: `${kibanaHome}/data` },
        { hostPath: files, path: kibanaFiles, readOnly: true },
      ],
      memoryMiB: args.memoryMiB,
      health: { command: ["bash", "-c", `exec 3<>/dev/tcp/127.0.0.1/${ports.kibana}`], interval: "30s" },
    },
    { parent, dependsOn: [...dependsOn, written] },
  );
}

const body = readFileSync(join(__dirname, "kibana-objects.sh"), "utf8");

export interface ObjectsArgs {
  hostName: string;
  container: string;
  /** Of elastic. */
  password: string;
  /** Tries, one in two seconds. */
  patience: number;
}

/** Script that waits for Kibana and imports what it shows. */
export function objectsScript({ hostName, container, password, patience }: ObjectsArgs): string {
  const settings = {
    host: hostName,
    container,
    password,
    patience,
    url: `http://127.0.0.1:${ports.kibana}`,
    objects: savedObjects,
  };
  return `${assignments(settings)}\n${hostFunctions}\n${body}`;
}
