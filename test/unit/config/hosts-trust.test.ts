import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { renderHostKeys } from "../../../tools/host-keys/stack-file";
import { trust } from "../../../tools/host-keys/trust";
import { programArguments } from "../../program";
import { exampleHostKey, projectFile } from "./samples";

/** Stands for ssh-keyscan: a file `keys/ADDRESS.KIND` is a key that the host shows; `keys/ADDRESS` alone is a host without. */
const fakeKeyscan = `#!/bin/sh
while getopts T:p:t: option; do [ "$option" = t ] && kind=$OPTARG; done
shift $((OPTIND - 1))
echo "$kind $1" >> "$0.calls"
keys=$(dirname "$0")/keys
ls "$keys/$1"* > /dev/null 2>&1 || { echo "$1: Connection refused" >&2; exit 1; }
echo "# $1:22 SSH-2.0-fake" >&2
[ ! -e "$keys/$1.$kind" ] || { echo "# $1:22 SSH-2.0-fake"; echo "$1 $(cat "$keys/$1.$kind")"; }
`;

let folder: string;
let file: string;
const said: string[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "farmstack-trust-"));
  mkdirSync(join(folder, "keys"));
  writeExecutable("ssh-keyscan", fakeKeyscan);
  vi.stubEnv("PATH", `${folder}${delimiter}${process.env.PATH}`);
  file = join(folder, "Pulumi.prod.yaml");
  // The three hosts of storage and applications are enough here.
  const example = readFileSync(projectFile("Pulumi.prod.yaml"), "utf8");
  writeFileSync(file, example.replace(/^ {4}- name: host4 [^]*?\n(?=\n)/m, ""));
  said.length = 0;
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

function writeExecutable(name: string, script: string): void {
  writeFileSync(join(folder, name), script, { mode: 0o755 });
}

const show = (address: string, kind: string, key: string) =>
  writeFileSync(join(folder, "keys", `${address}.${kind}`), key);
const text = () => readFileSync(file, "utf8");
const calls = () => readFileSync(join(folder, "ssh-keyscan.calls"), "utf8").trim().split("\n");

/** The three hosts of the production example show keys 1 to 3. */
function showThree(): void {
  for (const host of [1, 2, 3]) show(`192.0.2.1${host}`, "ed25519", exampleHostKey(host));
}

/** Runs with answers to its questions in order; without `answers` there is no terminal. */
async function runTrust(options: { yes?: boolean; answers?: string[] } = {}) {
  const { yes = false, answers } = options;
  const ask =
    answers && ((question: string) => (said.push(question), Promise.resolve(answers.shift() ?? "")));
  const result = await trust({ stack: "prod", file, yes, say: (line) => said.push(line), ask });
  const states = result.findings.map(({ name, state }) => `${name} ${state}`);
  return { exitCode: result.exitCode, written: result.written, states, said: said.join("\n") };
}

describe("new keys", () => {
  it("are shown and, on yes, written; comments and order stay", async () => {
    showThree();
    const before = text();
    const result = await runTrust({ answers: ["y"] });
    expect(result).toMatchObject({ exitCode: 0, written: ["host1", "host2", "host3"] });
    expect(result.said).toMatch(/host1 +192\.0\.2\.11 +ssh-ed25519 +SHA256:[\w+/]{43} +new/);

    const added = text()
      .split("\n")
      .filter((line) => /^ *hostKey:/.test(line));
    expect(added).toEqual([1, 2, 3].map((host) => `      hostKey: ${exampleHostKey(host)}`));
    expect(text().replace(/^ *hostKey:.*\n/gm, "")).toBe(before);
    expect(text()).toMatch(/address: 192\.0\.2\.11 # .*\n *hostKey: /);
  });

  it("are the same the next time, and then nothing is asked", async () => {
    showThree();
    await runTrust({ yes: true });
    const written = text();
    expect(await runTrust({ answers: [] })).toMatchObject({
      exitCode: 0,
      written: [],
      states: ["host1 same", "host2 same", "host3 same"],
    });
    expect(text()).toBe(written);
  });

  it("are not written on no", async () => {
    showThree();
    const before = text();
    expect(await runTrust({ answers: ["n"] })).toMatchObject({ exitCode: 3, written: [] });
    expect(text()).toBe(before);
  });

  it("are only shown without a terminal and --yes", async () => {
    showThree();
    const before = text();
    const result = await runTrust();
    expect(result).toMatchObject({ exitCode: 3, written: [] });
    expect(result.said).toContain("there is no terminal to ask on, and --yes wasn't given");
    expect(text()).toBe(before);
  });
});

describe("a changed key", () => {
  beforeEach(async () => {
    showThree();
    await runTrust({ yes: true });
    show("192.0.2.12", "ed25519", exampleHostKey(9));
  });

  it("is not written with --yes, and the way to accept it is told", async () => {
    const before = text();
    const result = await runTrust({ yes: true });
    expect(result).toMatchObject({
      exitCode: 2,
      written: [],
      states: ["host1 same", "host2 changed", "host3 same"],
    });
    expect(result.said).toContain("!!! THE HOST KEY OF host2 (192.0.2.12) HAS CHANGED !!!");
    expect(result.said).toContain(
      "on a terminal and type the host's name, or remove its hostKey from Pulumi.prod.yaml",
    );
    expect(text()).toBe(before);
  });

  it("is not written on a plain yes", async () => {
    expect(await runTrust({ yes: true, answers: ["y"] })).toMatchObject({ exitCode: 2, written: [] });
  });

  it("is written once the host's name was typed", async () => {
    expect(await runTrust({ answers: ["host2"] })).toMatchObject({ exitCode: 0, written: ["host2"] });
    expect(text()).toContain(exampleHostKey(9));
    expect(text()).not.toContain(exampleHostKey(2));
  });
});

describe("a stack file", () => {
  const [one, two] = [exampleHostKey(1), exampleHostKey(2)];
  const keys = new Map([["a", one]]);

  it.each([
    ["flow style", "- {name: a, address: h1} # x", `- {name: a, address: h1, hostKey: ${one}} # x`],
    ["address first", "- address: h1 # x\n  name: a", `- address: h1 # x\n  hostKey: ${one}\n  name: a`],
    [
      "a key in quotes",
      `- name: a\n  hostKey: "${two}" # x\n  address: h1`,
      `- name: a\n  hostKey: ${one} # x\n  address: h1`,
    ],
    [
      "a key without value",
      "- name: a\n  hostKey:\n  address: h1",
      `- name: a\n  hostKey: ${one}\n  address: h1`,
    ],
    ["no line after it", "- name: a\n  address: h1", `- name: a\n  address: h1\n  hostKey: ${one}`],
  ])("keeps its form: %s", (_, before, after) => {
    const file = (hosts: string) => `# top\nconfig:\n  farmstack:hosts:\n${hosts.replace(/^/gm, "    ")}`;
    expect(renderHostKeys(file(before), keys)).toBe(file(after));
  });

  it("that cannot be edited is left to the operator", () => {
    expect(() => renderHostKeys("config: {'farmstack:hosts': [{name: b, address: h1}]}", keys)).toThrow(
      `a: set its hostKey by hand:\n      hostKey: ${one}`,
    );
  });
});

describe("hosts", () => {
  it("that do not answer are named, asked once, and the others go on", async () => {
    showThree();
    rmSync(join(folder, "keys", "192.0.2.12.ed25519"));
    const result = await runTrust({ yes: true });
    expect(result).toMatchObject({ exitCode: 1, written: ["host1", "host3"] });
    expect(result.said).toContain("unreachable: 192.0.2.12: Connection refused");
    expect(result.said).toContain("no key from host2: check address, port and sshd, then run this again");
    expect(calls().filter((call) => call.endsWith("192.0.2.12"))).toEqual(["ed25519 192.0.2.12"]);
  });

  it("without an ed25519 key give an ecdsa or rsa key", async () => {
    showThree();
    rmSync(join(folder, "keys", "192.0.2.12.ed25519"));
    show("192.0.2.12", "rsa", exampleHostKey(2, "ssh-rsa"));
    expect(await runTrust({ yes: true })).toMatchObject({
      exitCode: 0,
      written: ["host1", "host2", "host3"],
    });
    expect(text()).toContain(exampleHostKey(2, "ssh-rsa"));
  });

  it("are asked first for the kind of key that is configured", async () => {
    showThree();
    show("192.0.2.12", "rsa", exampleHostKey(2, "ssh-rsa"));
    writeFileSync(
      file,
      text().replace("address: 192.0.2.12", `$&\n      hostKey: ${exampleHostKey(2, "ssh-rsa")}`),
    );
    expect((await runTrust({ yes: true })).states).toEqual(["host1 new", "host2 same", "host3 new"]);
  });

  it("of the lab are not asked when the lab is down", async () => {
    showThree();
    show("10.77.0.12", "ed25519", exampleHostKey(2));
    writeExecutable("ip", "#!/bin/sh\necho $3 via 192.0.2.1 dev eth0\n");
    writeFileSync(file, text().replace("192.0.2.12", "10.77.0.12").replace("192.0.2.0/24", "10.0.0.0/8"));
    const result = await runTrust({ yes: true });
    expect(result).toMatchObject({ exitCode: 1, written: ["host1", "host3"] });
    expect(result.said).toContain("10.77.0.12 is not in the lab now");
    expect(calls()).not.toContain("ed25519 10.77.0.12");
  });

  it("with faults in the file are reported before anything is asked", async () => {
    writeFileSync(file, text().replace("address: 192.0.2.12", "adress: 192.0.2.12"));
    await expect(runTrust({ yes: true })).rejects.toThrow(
      "hosts[1].adress: unknown key, did you mean address?",
    );
    expect(calls).toThrow();
  });
});

describe("the command", { timeout: 60_000 }, () => {
  const tool = (...args: string[]) =>
    spawnSync(process.execPath, programArguments("tools/hosts-trust.ts", ...args), {
      cwd: folder,
      encoding: "utf8",
    });

  it("prints JSON and exits 3 without a terminal", () => {
    showThree();
    const { status, stdout } = tool("--stack", "prod", "--json");
    expect(status).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({
      stack: "prod",
      written: [],
      findings: [{ name: "host1", port: 22, state: "new", hostKey: exampleHostKey(1) }, {}, {}],
    });
  });

  it("says which file is missing", () => {
    const { status, stderr } = tool("--stack", "nope");
    expect(status).toBe(1);
    expect(stderr).toContain("Pulumi.nope.yaml: no such file");
  });

  it("has help", () => {
    expect(tool("--help").stdout).toContain("--stack <name>");
  });
});
