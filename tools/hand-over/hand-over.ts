import { Argument, type Command } from "commander";
import { ceph } from "../ceph";
import { commandLine, ofStack, stackOf, withResult } from "../command-line";
import { harbor } from "../harbor";
import { kubernetes } from "../kubernetes";
import { logging } from "../logging";
import { mongodb } from "../mongodb";
import { type StackChoice } from "../stack";
import { table } from "../table";
import { print } from "../terminal";
import { choiceArguments, type Part, partsOf, subcommands, type System, systems, type Verb } from "./parts";

/** The systems' own commands, which do the work. */
const commands: Record<System, Command> = { ceph, kubernetes, mongodb, logging, harbor };

const descriptions: Record<Verb, string> = {
  backup: "Saves a part of a stack; without one it lists what can be saved.",
  restore: "Brings a part of a stack back from a backup; without one it lists what can be restored.",
  rotate: "Gives a part of a stack another password or key; without one it lists what can have another.",
};

/** `npm run backup`, `restore` and `rotate`: lists the parts of a stack, or hands over to the system that a part is of. */
export function handOver(verb: Verb): Command {
  const able = systems.filter((system) => subcommands[verb][system] !== undefined);
  const cli = withResult(
    ofStack(commandLine(verb, descriptions[verb])),
    "0 listed; with a system, that of its own command",
    `npm run ${verb} -- SYSTEM --help shows the arguments and the exit codes of the system's own command.`,
  )
    .addArgument(new Argument("[system]", "whose part it is").choices(able))
    .argument("[arguments...]", "for the system's own command")
    .passThroughOptions();
  return cli.action(
    async (
      system: System | undefined,
      args: string[],
      { json, ...choice }: StackChoice & { json: boolean },
    ) => {
      if (system === undefined) {
        const stack = await stackOf(cli);
        const parts = partsOf(verb, stack, choice);
        print(json, { stack: stack.name, parts }, renderParts(verb, stack.name, parts));
      } else {
        await commands[system].parseAsync(ownArguments(verb, system, choice, json, args), { from: "user" });
      }
    },
  );
}

/** What the system's own command is called with. Pure. */
export const ownArguments = (
  verb: Verb,
  system: System,
  choice: StackChoice,
  json: boolean,
  args: string[],
): string[] => [
  ...choiceArguments(choice),
  subcommands[verb][system] ?? "",
  ...(json ? ["--json"] : []),
  ...args,
];

const words: Record<Verb, string> = { backup: "save", restore: "bring back", rotate: "rotate" };

/** Lines for people. */
export const renderParts = (verb: Verb, stack: string, parts: Part[]): string =>
  parts.length === 0
    ? `stack ${stack} has nothing to ${words[verb]}`
    : table(parts.map(({ system, what, command }) => [system, what, command]));
