import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { wrapScript } from "../../../components/hosts/shell";

/** A real shell for scripts, with programs of the test's own first on PATH, and a folder that is gone afterwards. */
export function shell() {
  const folder = mkdtempSync(join(tmpdir(), "farmstack-test-"));
  const bin = join(folder, "bin");
  mkdirSync(bin);
  afterAll(() => rmSync(folder, { recursive: true }));
  const run = (program: string, args: string[], input = ""): SpawnSyncReturns<string> =>
    spawnSync(program, args, {
      input,
      encoding: "utf8",
      env: { ...process.env, PATH: `${bin}:${process.env.PATH}` },
    });
  return {
    folder,
    run,
    /** Runs a script as a host would. */
    sh: (script: string) => run("sh", ["-s"], wrapScript(script)),
    /** Puts a program, which is a shell script, before the real one of its name. */
    fake: (program: string, script: string) =>
      writeFileSync(join(bin, program), `#!/bin/sh\n${script}\n`, { mode: 0o755 }),
    /** Text of a file in the folder, which is then gone; empty when there is none. */
    take: (name: string): string => {
      const file = join(folder, name);
      const text = existsSync(file) ? readFileSync(file, "utf8") : "";
      rmSync(file, { force: true });
      return text;
    },
  };
}
