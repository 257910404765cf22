import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { projectRoot } from "../../lab/paths";
import { anyCode, run } from "../../lab/run";
import { leavesOf, loadScripts, optionsOf, type Script } from "../unit/tools/scripts";

// Needs no lab: every command as it is typed, through npm. What they do on hosts is tested there, each by its own test.

let scripts: Script[];
let home: string;
beforeAll(async () => {
  scripts = await loadScripts();
  home = await mkdtemp(join(tmpdir(), "farmstack-commands-"));
});
afterAll(() => rm(home, { recursive: true }));

const typed = (name: string, ...args: string[]) =>
  run("npm", ["run", "--silent", name, "--", ...args], {
    cwd: projectRoot,
    allow: anyCode,
    // Of no lab that may run here.
    env: { ...process.env, FARMSTACK_LAB_DIR: home, FARMSTACK_PULUMI: "no-such-pulumi" },
  });

const isPulumi = ({ name }: Script) => name === "pulumi"; // its help is Pulumi's
const isLab = ({ name }: Script) => /^lab\b/.test(name);

describe("every command, as it is typed", () => {
  it("has help, and fails on an option that is not there, without a stack trace", async () => {
    for (const { name, command } of scripts.filter((script) => !isPulumi(script))) {
      const help = await typed(name, "--help");
      expect([help.code, help.stderr], name).toEqual([0, ""]);
      expect(help.stdout, name).toMatch(/^Usage: /);
      for (const { words } of leavesOf(command)) expect(help.stdout, name).toContain(words[0] ?? "Usage");

      const wrong = await typed(name, "--no-such-option");
      expect([wrong.code, wrong.stdout], name).toEqual([1, ""]);
      expect(wrong.stderr, name).toMatch(/^error: unknown option '--no-such-option'/);
      expect(wrong.stderr, name).not.toMatch(/^ +at /m);
    }
  });

  // Each of their subcommands: test/unit/tools/commands.test.ts, without a process for each.
  it("fails on a stack that is not there, in words", async () => {
    for (const script of scripts.filter((one) => !isPulumi(one) && !isLab(one))) {
      const leaf = leavesOf(script.command).find(({ command }) => optionsOf(command).includes("--stack"));
      if (!leaf) continue;
      const needed = leaf.command.registeredArguments
        .filter(({ required }) => required)
        .map(() => "something");
      const args = [...leaf.words, ...needed, "--stack", "no-such", "--json"];
      const { code, stdout, stderr } = await typed(script.name, ...args);
      expect([code, stdout], script.name).toEqual([1, ""]);
      expect(stderr, script.name).toMatch(
        /--stack names one of Pulumi\.\*\.yaml here|name it with --pulumi or FARMSTACK_PULUMI/,
      );
      expect(stderr, script.name).not.toMatch(/^ +at /m);
    }
  });
});
