import { join } from "node:path";
import { Command } from "commander";
import { projectRoot } from "../../../lab/paths";
import own from "../../../package.json";

/** A script of package.json that is a command of this project, as its file has it. */
export interface Script {
  /** As in `npm run NAME`. */
  name: string;
  /** Such as tools/status.ts. */
  file: string;
  command: Command;
}

/** All of them; those that only call other programs, such as prettier, are not. */
export async function loadScripts(): Promise<Script[]> {
  const found: Script[] = [];
  for (const [name, text] of Object.entries(own.scripts)) {
    const [, file, subcommand] = /\btsx\/cjs ((?:tools|lab)\/[\w-]+\.ts)(?: (\w+))?$/.exec(text) ?? [];
    if (file === undefined) continue;
    const exported = Object.values((await import(join(projectRoot, file))) as Record<string, unknown>);
    const cli = exported.find((value) => value instanceof Command);
    const command = subcommand ? cli?.commands.find((one) => one.name() === subcommand) : cli;
    if (!command) throw new Error(`${file} exports no command${subcommand ? ` ${subcommand}` : ""}`);
    found.push({ name, file, command });
  }
  return found;
}

/** A command that does something, with the words that lead to it after `npm run NAME --`. */
export interface Leaf {
  words: string[];
  command: Command;
}

/** The command itself when it has no subcommands. */
export const leavesOf = (command: Command, words: string[] = []): Leaf[] =>
  command.commands.length === 0
    ? [{ words, command }]
    : command.commands.flatMap((one) => leavesOf(one, [...words, one.name()]));

/** Options of a command and of those above it, such as `--json`. */
export const optionsOf = (command: Command): string[] => [
  ...command.options.flatMap(({ long, short }) => [long, short].filter((flag) => flag !== undefined)),
  ...(command.parent ? optionsOf(command.parent) : ["--help", "-h"]),
];
