import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { projectRoot } from "../../../lab/paths";
import { anyCode, run, type RunResult } from "../../../lab/run";

/** A folder with programs that stand in for those of the scripts, and write down how they were called. */
export class Desk {
  private constructor(readonly folder: string) {}

  static async open(): Promise<Desk> {
    const folder = await mkdtemp(join(tmpdir(), "farmstack-ci-"));
    await mkdir(join(folder, "bin"));
    return new Desk(folder);
  }

  /** A program that writes its arguments, one a line, behind its name, and then does what the shell script says. */
  async program(name: string, script: string): Promise<void> {
    const file = join(this.folder, "bin", name);
    await writeFile(file, `#!/usr/bin/env bash\nprintf '%s\\n' "@@ ${name}" "$@" >>"$CALLS"\n${script}\n`);
    await chmod(file, 0o755);
  }

  async file(name: string, content: string): Promise<string> {
    await writeFile(join(this.folder, name), content);
    return join(this.folder, name);
  }

  run(script: string, args: string[], env: NodeJS.ProcessEnv = {}): Promise<RunResult> {
    const path = [join(this.folder, "bin"), process.env.PATH].join(delimiter);
    const CALLS = join(this.folder, "calls");
    return run(join(projectRoot, script), args, {
      allow: anyCode,
      env: { ...process.env, ...env, PATH: path, CALLS },
    });
  }

  /** Each call: the program's name, and its arguments. */
  async calls(): Promise<string[][]> {
    const text = await readFile(join(this.folder, "calls"), "utf8").catch(() => "");
    return text
      .split("@@ ")
      .filter((call) => call !== "")
      .map((call) => call.trimEnd().split("\n"));
  }

  read(name: string): Promise<string> {
    return readFile(join(this.folder, name), "utf8");
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true });
  }
}
