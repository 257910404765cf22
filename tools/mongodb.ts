import { commandLine, ofStack, stackOf, start, withResult } from "./command-line";
import { backup, listBackups, renderBackups, renderWork, restore } from "./mongodb/backups";
import { renderGeneration, retire, rotate } from "./mongodb/generations";
import { ask, interruption, print } from "./terminal";

// `npm run mongodb -- COMMAND`: day-2 work on the databases of a stack. This file only parses.

export const mongodb = ofStack(
  commandLine(
    "mongodb",
    "Day-2 work on the databases of a stack. It reads the stack's file and runs kubectl on a control plane, or here with kubeconfigFile.",
  ),
);

interface Options {
  json: boolean;
  yes: boolean;
}

const command = (name: string, description: string, codes: string) =>
  withResult(
    mongodb
      .command(name)
      .description(description)
      .argument("<database>", "name of the database, as in databases"),
    `0 ${codes}; 2 refused, nothing was changed`,
  );

command("backups", "the backups of a database", "listed; 130 Ctrl-C").action(
  async (database: string, { json }: Options) => {
    const list = await listBackups(await stackOf(mongodb), database, { signal: interruption() });
    print(json, list, renderBackups(list));
  },
);

command("backup", "saves a database now", "saved; 130 Ctrl-C, the Job goes on").action(
  async (database: string, { json }: Options) => {
    const result = await backup(await stackOf(mongodb), database, { signal: interruption() });
    print(json, result, renderWork(result));
  },
);

command(
  "restore",
  "puts a backup in the place of what a database has",
  "restored; 130 Ctrl-C, the Job goes on",
)
  .argument("<backup>", "name of one that `backups` lists")
  .option("--yes", "don't ask for the name of the stack", false)
  .action(async (database: string, named: string, { yes, json }: Options) => {
    const options = { backup: named, yes, ask, signal: interruption() };
    const result = await restore(await stackOf(mongodb), database, options);
    print(json, result, renderWork(result));
  });

command("rotate", "raises the number of a database's users in the stack's file", "written").action(
  async (database: string, { json }: Options) => {
    const result = await rotate(await stackOf(mongodb), database);
    print(json, result, renderGeneration(result));
  },
);

command("retire", "retires the users before the present ones in the stack's file", "written").action(
  async (database: string, { json }: Options) => {
    const result = await retire(await stackOf(mongodb), database);
    print(json, result, renderGeneration(result));
  },
);

start(mongodb, module);
