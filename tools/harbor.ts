import { commandLine, ofStack, stackOf, start, withResult } from "./command-line";
import { backup, renderBackup } from "./harbor/backup";
import { renderRestore, restore } from "./harbor/restore";
import { renderRotate, rotate } from "./harbor/rotate";
import { readStatus, renderStatus, statusExitCode } from "./harbor/status";
import { ask, interruption, print } from "./terminal";

// `npm run harbor -- COMMAND`: day-2 work on the Harbor of a stack. This file only parses.

export const harbor = ofStack(
  commandLine(
    "harbor",
    "Day-2 work on the Harbor of a stack. It reads the stack's file and reaches the host by ssh.",
  ),
);

const command = (name: string, description: string, codes: string) =>
  withResult(harbor.command(name).description(description), codes);
const refused = "2 refused, nothing was changed";

command(
  "status",
  "its version, its containers, what it says of itself, and when it was saved",
  "0 all is well; 2 something is not",
).action(async ({ json }: { json: boolean }) => {
  const report = await readStatus(await stackOf(harbor));
  print(json, report, renderStatus(report));
  process.exitCode = statusExitCode(report);
});

command(
  "backup",
  "saves the database, its key and the list of layers; an upgrade asks for one",
  `0 saved; ${refused}; 130 Ctrl-C, nothing was kept`,
)
  .argument("<directory>", "directory to make for it; it must not be there yet")
  .option("--database-saved", "a database that is not Harbor's own was saved by its own means", false)
  .action(async (directory: string, options: { databaseSaved: boolean; json: boolean }) => {
    const result = await backup(await stackOf(harbor), { directory, ...options, signal: interruption() });
    print(options.json, result, renderBackup(result));
  });

command("restore", "puts a saved database in the place of what Harbor has", `0 restored; ${refused}`)
  .argument("<directory>", "directory that backup made")
  .option("--other-key", "go on although Harbor has another key than the backup", false)
  .option("--yes", "don't ask for the name of the stack", false)
  .action(async (directory: string, options: { otherKey: boolean; yes: boolean; json: boolean }) => {
    const result = await restore(await stackOf(harbor), { directory, ...options, ask });
    print(options.json, result, renderRestore(result));
  });

command(
  "rotate",
  "raises a rotation in the stack's file: of Harbor's own passwords, or of a robot's secret",
  `0 written; ${refused}`,
)
  .argument("[robot]", "name of a robot, as in harbor.robots")
  .action(async (robot: string | undefined, { json }: { json: boolean }) => {
    const result = await rotate(await stackOf(harbor), robot);
    print(json, result, renderRotate(result));
  });

start(harbor, module);
