import { readFileSync } from "node:fs";
import { join } from "node:path";
import { hostFunctions } from "../../components/hosts/functions";
import { assignments } from "../../components/hosts/shell";
import { lastLine, onHost, type RemoteHost, Unreachable } from "../connection";
import { type Finding, fault, ok, type Result } from "./finding";
import { judge, type Seen } from "./judge";
import { type HostNeeds } from "./needs";
import { sshProblem, sudoProblem } from "./ssh-problem";

const body = readFileSync(join(__dirname, "look.sh"), "utf8");

/** Looks at a host in one connection. That it can't be reached is a finding. */
export async function examineHost(host: RemoteHost, needs: HostNeeds, stack: string): Promise<Finding[]> {
  const here = (results: Result[]): Finding[] => results.map((result) => ({ where: host.name, ...result }));
  const before = Date.now();
  try {
    const { code, stdout, stderr } = await onHost(host, lookScript(host.name, needs));
    const after = Date.now();
    const refused = sudoProblem(host, stderr);
    if (refused) return here([...reached, refused]);
    const seen = readSeen(stdout);
    if (code !== 0 || seen.clock === undefined)
      return here([
        ...reached,
        fault("look", lastLine(stderr), `ssh to ${host.address}, and see what fails there`),
      ]);
    return here([...reached, ok("sudo", "root"), ...judge(needs, seen, { before, after }, host)]);
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    return here([sshProblem(host, stack, error.message)]);
  }
}

const reached = [ok("ssh", "name, route, port, host key and login")];

/** The script that looks; reads only. Pure. */
export function lookScript(host: string, needs: HostNeeds): string {
  const settings = {
    host,
    data_directory: needs.dataDirectory,
    engine_data_root: needs.dataRoot,
    layers: needs.layers ?? "",
    files: needs.files.map(({ name }) => name).join(" "),
    devices: needs.devices.join(" "),
    modules: needs.modules.join(" "),
    registries: needs.registries.join(" "),
  };
  return `${assignments(settings)}\n${hostFunctions}\n${body}`;
}

/** What the script printed. Pure. */
export function readSeen(printed: string): Seen {
  const lines = printed.split("\n").flatMap((line): [string, string][] => {
    const [, key, value = ""] = /^([a-z-]+) ?(.*)$/.exec(line) ?? [];
    return key === undefined ? [] : [[key, value.trim()]];
  });
  const all = (key: string) => lines.filter(([name]) => name === key).map(([, value]) => value);
  const one = (key: string) => all(key)[0] ?? "";
  const number = (key: string) => Number(one(key)) || 0;
  const pairs = (key: string) =>
    all(key).map((value): [string, string] => {
      const [name = "", ...rest] = value.split(" ");
      return [name, rest.join(" ")];
    });
  return {
    clock:
      all("clock-end").length > 0
        ? { start: number("clock") * 1000, end: number("clock-end") * 1000 }
        : undefined,
    system: one("system"),
    family: one("family"),
    systemd: one("systemd") === "yes",
    inContainer: one("container") === "yes",
    timeServices: number("time-service"),
    memoryMiB: number("memory") / 1024,
    swaps: number("swap"),
    freeDataGiB: number("free-data") / 1024 / 1024,
    freeEngineGiB: number("free-engine") / 1024 / 1024,
    freeLayersGiB: number("free-layers") / 1024 / 1024,
    mounted: one("mounted") === "yes",
    files: Object.fromEntries(pairs("file")),
    devices: Object.fromEntries(pairs("device")),
    controllers: one("controllers").split(" ").filter(Boolean),
    modules: Object.fromEntries(pairs("module")),
    knowsPorts: one("ss") === "yes",
    listens: pairs("listens").map(([port, program]) => ({ port: Number(port), program })),
    registries: Object.fromEntries(pairs("registry")),
    engine: one("engine"),
    foreignNode: one("foreign-node") === "yes",
  };
}
