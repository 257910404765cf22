import { execFileSync } from "node:child_process";
import { type Command, type CommanderError } from "commander";
import { beforeAll, describe, expect, it } from "vitest";
import { projectRoot } from "../../../lab/paths";
import { exitCodeOf } from "../../../tools/outcome";
import { type Leaf, leavesOf, loadScripts, optionsOf, type Script } from "./scripts";

/** The lab's commands are about no stack, and `pulumi` is Pulumi's own. */
const isLab = ({ name }: Script) => /^(lab\b|pulumi$)/.test(name);

/** What a command says in the place of a terminal, and how it ends, with the arguments after `npm run NAME --`. */
async function said(command: Command, args: string[]): Promise<{ out: string; err: string; error: Error }> {
  let out = "";
  let err = "";
  const everyone = (one: Command): Command[] => [one, ...one.commands.flatMap(everyone)];
  for (const one of everyone(rootOf(command)))
    one.exitOverride().configureOutput({
      writeOut: (text) => (out += text),
      writeErr: (text) => (err += text),
    });
  const words = wordsTo(command);
  const error = await rootOf(command)
    .parseAsync([...words, ...args], { from: "user" })
    .then(
      () => new Error("it was done"),
      (reason: Error) => reason,
    );
  return { out, err, error };
}

const rootOf = (command: Command): Command => (command.parent ? rootOf(command.parent) : command);
const wordsTo = (command: Command): string[] =>
  command.parent ? [...wordsTo(command.parent), command.name()] : [];

describe("every command", () => {
  let scripts: Script[];
  let leaves: (Leaf & { title: string })[];
  beforeAll(async () => {
    scripts = (await loadScripts()).filter((script) => !isLab(script));
    leaves = scripts.flatMap(({ name, command }) =>
      leavesOf(command).map((leaf) => ({ ...leaf, title: [name, ...leaf.words].join(" ") })),
    );
  }, 60_000); // all commands of the project are loaded

  it("is known to this test", () => {
    expect(scripts.map(({ name }) => name).sort()).toEqual(
      [
        ...[
          "backup",
          "bench",
          "build:package",
          "ceph",
          "diagram",
          "docs",
          "doctor",
          "gate",
          "harbor",
          "hosts:trust",
          "images:pin",
        ],
        ...["images:sync", "kubernetes", "logging", "mongodb", "restore", "rotate", "status"],
      ].sort(),
    );
  });

  it("has help that says what it does, its subcommands, and what its exit codes mean", async () => {
    for (const { name, command } of scripts) {
      const { out, error } = await said(command, ["--help"]);
      expect((error as CommanderError).exitCode, name).toBe(0);
      expect(out, name).toContain(`Usage: npm run ${name} -- `);
      for (const one of command.commands) expect(out, name).toMatch(new RegExp(`^  ${one.name()} `, "m"));
    }
    for (const { title, command } of leaves) {
      const { out } = await said(command, ["--help"]);
      expect(out, title).toMatch(/^Exit code: 0 .+; 1 it could not be done/m);
      expect(out, title).toContain(command.description().split(" ")[0]);
    }
  });

  it("has --json", () => {
    for (const { title, command } of leaves) expect(optionsOf(command), title).toContain("--json");
  });

  it("fails on an option that is not there, and says where to look", async () => {
    for (const { title, command } of leaves) {
      const { out, err, error } = await said(command, ["--no-such-option"]);
      expect((error as CommanderError).exitCode, title).toBe(1);
      expect(out, title).toBe("");
      expect(err, title).toMatch(
        /^error: unknown option '--no-such-option'\nnpm run [\w:]+ -- --help says more\n$/,
      );
    }
  });

  it("starts without Pulumi's SDK, which takes as long to load as all else together", () => {
    // The bench speaks the SDK's protocol; `pulumi` brings its own.
    const files = [...new Set(scripts.map(({ file }) => file))].filter((file) => file !== "tools/bench.ts");
    expect(files).toContain("tools/status.ts");
    const code = `
      for (const file of ${JSON.stringify(files)}) require("./" + file);
      const loaded = Object.keys(require.cache).filter((file) => file.includes("/node_modules/@pulumi/"));
      console.log(JSON.stringify(loaded));`;
    const printed = execFileSync(process.execPath, ["--require", "tsx/cjs", "--eval", code], {
      cwd: projectRoot,
      encoding: "utf8",
    });
    expect(JSON.parse(printed)).toEqual([]);
  });

  it("fails on a stack that is not there, and says how to name one", async () => {
    for (const { title, command } of leaves.filter(({ command }) => optionsOf(command).includes("--stack"))) {
      const needed = command.registeredArguments.filter(({ required }) => required).map(() => "something");
      const { out, error } = await said(command, [
        ...needed,
        "--stack",
        "no-such",
        "--json",
        ...noPulumi(command),
      ]);
      expect(error.message, title).toMatch(
        title === "diagram"
          ? /^there is no no-such-pulumi here: name it with --pulumi/
          : /Pulumi\.no-such\.yaml: no such file; --stack names one of Pulumi\.\*\.yaml here, --config-file any other$/,
      );
      expect([exitCodeOf(error), out], title).toEqual([1, ""]);
    }
  });
});

const noPulumi = (command: Command) =>
  command.name() === "npm run diagram --" ? ["--pulumi", "no-such-pulumi"] : [];
