import { ensureDocker } from "./docker";
import { ensureHosts, labContainerIds } from "./hosts";
import { ensureImages } from "./images";
import { watchMemory } from "./memory";
import { phases, step } from "./progress";
import { completeArguments, labStack, openLabWorkspace } from "./pulumi";
import { labStackFile, writeLabStack } from "./stack-file";
import { formatStatus, labStatus } from "./status";

/** Brings up the lab: engine, images, hosts, toolchain, and the dev stack on them. Run again, it repairs what is missing. */
export async function labUp(): Promise<void> {
  const started = Date.now();
  const memory = watchMemory(labContainerIds);

  const [workspace, hosts] = await Promise.all([
    step("toolchain", openLabWorkspace),
    (async () => {
      const engine = await step("container engine", ensureDocker);
      await step("images", () => ensureImages(engine));
      return step("hosts", () => ensureHosts(engine));
    })(),
  ]);
  const salt = await workspace.ensureStack(labStack.project, labStack.name);
  await writeLabStack(hosts, salt);

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

function formatPhases(total: number, peak: number): string {
  const rows = [...phases, { title: "all", seconds: total }].map(
    ({ title, seconds }) => `${seconds.toFixed(1).padStart(8)} s  ${title}`,
  );
  return [
    ...rows,
    `${peak.toFixed(0).padStart(8)} MiB peak memory of the hosts, their containers and this run`,
  ].join("\n");
}
