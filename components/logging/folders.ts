import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { type Host } from "../hosts";
import { hostFunctions } from "../hosts/functions";
import { assignments, quote } from "../hosts/shell";
import { folders, owner } from "./paths";

const body = readFileSync(join(__dirname, "folders.sh"), "utf8");

export interface FoldersArgs {
  hostName: string;
  dataDirectory: string;
  /** Name of the daemon, and of its folder. */
  daemon: string;
  /** Text of each of its files, by name. Others that are there are removed, but for those in `keep`. */
  files: Record<string, string>;
  /** @default none */
  keep?: string[];
  /** What comes next in the script. @default nothing */
  then?: string;
}

/**
 * Script that makes a daemon's folder for data and writes its files, readable by the daemon alone. They are in a folder of
 * the host rather than uploads of its container: those belong to root, and the daemon is not root.
 */
export function foldersScript(args: FoldersArgs): string {
  const { hostName, dataDirectory, daemon, files, keep = [], then = "" } = args;
  const settings = { host: hostName, daemon, owner, ...folders(dataDirectory, daemon) };
  const names = Object.keys(files);
  return [
    assignments(settings),
    hostFunctions,
    body,
    ...names.map((name) => `give ${name} ${quote(files[name] ?? "")}`),
    `only ${[...names, ...keep].join(" ")}`,
    then,
    "report",
    "",
  ].join("\n");
}

/** The folders of a daemon on a host. */
export function makeFolders(
  name: string,
  host: Host,
  args: Pick<FoldersArgs, "daemon" | "keep" | "then"> & { files: Record<string, pulumi.Input<string>> },
  opts: pulumi.CustomResourceOptions,
): remote.Command {
  const { hostName, dataDirectory } = host;
  const script = pulumi
    .output(args.files)
    .apply((files) => foldersScript({ ...args, hostName, dataDirectory, files }));
  return host.run(`${name}-${args.daemon}-files`, { script: pulumi.secret(script) }, opts);
}
