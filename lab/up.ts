import { readFile } from "node:fs/promises";
import { type Engine, ensureDocker } from "./docker";
import { ensureHosts } from "./hosts";
import { watchMemory } from "./memory";
import { phases, step } from "./progress";
import { completeArguments, labStack, openLabWorkspace } from "./pulumi";
import { publishApplications } from "./applications";
import { publishKubernetes } from "./kubernetes";
import { publishLogging } from "./logging";
import {
  labStackFile,
  treeFile,
  wantsApplications,
  wantsKubernetes,
  wantsLogging,
  writeLabStack,
} from "./stack-file";
import { formatStatus, labStatus } from "./status";

/**
 * Brings up the lab: engine, images, hosts, toolchain, and the dev stack on them. Run again, it repairs what is missing.
 * @param file the stack's file
 */
export async function labUp(file: string = treeFile): Promise<void> {
  const tree = await readFile(file, "utf8");
  const started = Date.now();
  let engine: Engine | undefined;
  const memory = watchMemory(async () => (engine ? labContainerIds(engine) : []));

  const [workspace, { hosts, registry, kubernetes }] = await Promise.all([
    step("toolchain", openLabWorkspace),
    (async () => {
      const found = (engine = await step("container engine", ensureDocker));
      const { hosts, registry } = await step("hosts", () => ensureHosts(found));
      const kubernetes = wantsKubernetes(tree)
        ? await step("Kubernetes", () => publishKubernetes(found))
        : undefined;
      if (wantsApplications(tree)) await step("applications", () => publishApplications(found));
      if (wantsLogging(tree)) await step("logging", () => publishLogging(found));
      return { hosts, registry, kubernetes };
    })(),
  ]);
  const salt = await workspace.ensureStack(labStack.project, labStack.name);
  await writeLabStack(tree, { hosts, salt, registry, kubernetes });

  const up = ["up", "--stack", labStack.name, "--yes", "--skip-preview", "--non-interactive"];
  await step("pulumi up", () => workspace.pulumi(completeArguments(up, labStackFile), { output: "inherit" }));

  const status = await step("status", labStatus);
  const peak = await memory.stop();
  process.stderr.write(`\n${formatPhases((Date.now() - started) / 1000, peak)}\n`);
  process.stdout.write(
    `${formatStatus(status)}\n\nnpm run lab:status shows this again; npm run lab:down removes the lab.\n`,
  );
  if (!status.ok) process.exitCode = 1;
}

async function labContainerIds(engine: Engine): Promise<string[]> {
  const containers = await engine.client.listContainers({ filters: { label: ["farmstack.lab"] } });
  return containers.map(({ Id }) => Id);
}

function formatPhases(total: number, peak: number): string {
  const rows = [...phases, { title: "all", seconds: total }].map(
    ({ title, seconds }) => `${seconds.toFixed(1).padStart(8)} s  ${title}`,
  );
  return [
    ...rows,
    `${peak.toFixed(0).padStart(8)} MiB peak memory of the hosts, their containers and this run`,
  ].join("\n");
}
