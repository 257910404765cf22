import { join } from "node:path";
import { projectRoot } from "./paths";
import { labStack } from "./pulumi";
import { anyCode, run, type RunResult } from "./run";
import { labStackFile } from "./stack-file";

const inProject = (...path: string[]) => join(projectRoot, ...path);

/** `npm run ceph` on the lab's stack; any exit code is an answer. A `--config-file` of one's own counts. */
export function labCeph(args: string[], output: "inherit" | "collect" = "inherit"): Promise<RunResult> {
  const tsx = inProject("node_modules", ".bin", "tsx");
  return run(
    tsx,
    [inProject("tools", "ceph.ts"), "--stack", labStack.name, "--config-file", labStackFile, ...args],
    {
      cwd: projectRoot,
      env: { ...process.env, FARMSTACK_PULUMI: `${tsx} ${inProject("lab", "cli.ts")} pulumi` },
      output,
      allow: anyCode,
    },
  );
}
