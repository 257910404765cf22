import { type Command } from "commander";
import { beforeAll, describe, expect, it } from "vitest";
import own from "../../../package.json";
import { loadScripts, optionsOf } from "../tools/scripts";
import { type Page, pages } from "./pages";

interface Typed {
  script: string;
  args: string[];
}

/** What a page says to type, of npm's scripts. Words in capitals are for the reader to fill in. */
const typedIn = ({ text }: Page): Typed[] =>
  [...text.matchAll(/\bnpm run (?:-s |--silent )?([a-z][\w:]*)(?: +-- +([^`\n#;|>)]*))?/g)].map(
    ([, script = "", args = ""]) => ({ script, args: args.trim().split(/\s+/).filter(Boolean) }),
  );

/** What is wrong with it, against the commands as they are. Pure. */
function problemOf({ script, args }: Typed, commands: Map<string, Command>): string | undefined {
  if (!(script in own.scripts)) return `package.json has no script ${script}`;
  let command = commands.get(script);
  if (script === "pulumi" || !command) return undefined; // another program's arguments
  for (let at = 0; at < args.length; at++) {
    const arg = (args[at] ?? "").replace(/[.,:"]+$/, "");
    if (arg.startsWith("-")) {
      if (!optionsOf(command).includes(arg)) return `${command.name()} has no option ${arg}`;
      if (takesValue(command, arg)) at++;
    } else if (command.commands.length > 0) {
      if (/^[A-Z]+$/.test(arg)) return undefined;
      const next: Command | undefined = command.commands.find((one) => one.name() === arg);
      if (!next) return `${command.name()} has no command ${arg}`;
      command = next;
    } else {
      const { argChoices } = command.registeredArguments[0] ?? {};
      if (!argChoices || /^[A-Z]+$/.test(arg)) continue;
      return argChoices.includes(arg) ? undefined : `${command.name()} knows no ${arg}`;
    }
  }
  return undefined;
}

const takesValue = (command: Command, flag: string): boolean =>
  command.options.some(({ long, short, required }) => required && [long, short].includes(flag)) ||
  (command.parent !== null && takesValue(command.parent, flag));

describe("a command that a page names", () => {
  let commands: Map<string, Command>;
  beforeAll(async () => {
    commands = new Map((await loadScripts()).map(({ name, command }) => [name, command]));
  }, 60_000); // all commands of the project are loaded

  const problemsIn = (page: Page) =>
    typedIn(page).flatMap((typed) => {
      const problem = problemOf(typed, commands);
      return problem === undefined ? [] : [`${page.path}: npm run ${typed.script}: ${problem}`];
    });

  it("is a script, with subcommands and options that it has", () => {
    const all = pages();
    expect(all.flatMap(typedIn).length).toBeGreaterThan(60);
    expect(all.flatMap(problemsIn)).toEqual([]);
  });

  it.each([
    ["npm run nothing", "package.json has no script nothing"],
    ["`npm run -s ceph -- --stack prod melt`", "npm run ceph -- has no command melt"],
    ["npm run ceph -- drain host1 /dev/sdb --fast", "drain has no option --fast"],
    ["npm run status -- --stick prod", "npm run status -- has no option --stick"],
    ["npm run backup -- --stack prod mesos", "npm run backup -- knows no mesos"],
  ])("is found wrong: %s", (text, problem) => {
    expect(problemsIn({ path: "a.md", text }).join()).toContain(problem);
  });
});
