import { commandLine, ofStack, stackOf, start, withResult } from "./command-line";
import { renderRotate, rotate } from "./logging/rotate";
import { renderSearch, search, type SearchOptions } from "./logging/search";
import { listSnapshots, renderDone, renderSnapshots, restore, save } from "./logging/snapshots";
import { loggingStatus, renderStatus } from "./logging/status";
import { print } from "./terminal";

// `npm run logging -- COMMAND`: day-2 work on the log store of a stack. This file only parses.

export const logging = ofStack(
  commandLine(
    "logging",
    "Day-2 work on the log store of a stack. It reads the stack's file and runs the store's own program on one of its hosts.",
  ),
);

interface Json {
  json: boolean;
}

const command = (name: string, description: string, codes: string) =>
  withResult(logging.command(name).description(description), `0 ${codes}; 2 refused, nothing was changed`);

command("status", "health, retention, snapshots, disks, and who does what", "shown").action(
  async ({ json }: Json) => {
    const status = await loggingStatus(await stackOf(logging));
    print(json, status, renderStatus(status));
  },
);

command("search", "lines of the stack's services, the newest last", "shown, also when there is none")
  .argument("[text]", "words that the line has to have")
  .option("--service <name>", "of this service")
  .option("--host <name>", "of this host")
  .option("--container <name>", "of this container")
  .option("--pod <name>", "of this pod")
  .option("--namespace <name>", "of this namespace")
  .option("--restored", "in what `restore` brought back")
  .option("--since <time>", "how far back, with s, m, h or d", "1h")
  .option("--limit <number>", "how many lines at most", Number, 50)
  .action(async (text: string | undefined, { json, ...options }: Json & SearchOptions) => {
    const result = await search(await stackOf(logging), { ...options, text });
    print(json, result, renderSearch(result));
  });

command("snapshots", "the snapshots of the events", "listed").action(async ({ json }: Json) => {
  const list = await listSnapshots(await stackOf(logging));
  print(json, list, renderSnapshots(list));
});

command("save", "makes a snapshot now", "saved").action(async ({ json }: Json) => {
  const result = await save(await stackOf(logging));
  print(json, result, renderDone(result));
});

command("restore", "brings the events of a snapshot back, beside those that there are", "restored")
  .argument("<snapshot>", "name of one that `snapshots` lists")
  .action(async (snapshot: string, { json }: Json) => {
    const result = await restore(await stackOf(logging), snapshot);
    print(json, result, renderDone(result));
  });

command("rotate", "raises the number of a user's password in the stack's file", "written")
  .argument("<user>", "elastic, kibana_system, writer, reader or keeper")
  .action(async (user: string, { json }: Json) => {
    const result = await rotate(await stackOf(logging), user);
    print(json, result, renderRotate(result));
  });

start(logging, module);
