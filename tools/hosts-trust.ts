import { resolve } from "node:path";
import { program } from "commander";
import { trust } from "./host-keys/trust";
import { ask } from "./terminal";

/** `npm run hosts:trust`: host keys of a stack's hosts, fetched, shown, and on yes written into its file. */
async function main(): Promise<void> {
  program
    .name("npm run hosts:trust --")
    .description(
      "Fetches the SSH host keys of a stack's hosts, shows them, and on yes writes them into its file.",
    )
    .requiredOption("--stack <name>", "stack whose Pulumi.<name>.yaml names the hosts")
    .option(
      "--yes",
      "write new keys without a question; a changed key still needs the host's name typed",
      false,
    )
    .option("--json", "print the findings as JSON", false)
    .addHelpText(
      "after",
      `
Exit code: 0 all keys are known; 1 a host gave no key, or the file has faults; 2 a key has changed and was not
accepted; 3 new keys were not written, because the answer was no or there was no terminal to ask on.`,
    )
    .parse();
  const { stack, yes, json } = program.opts<{ stack: string; yes: boolean; json: boolean }>();
  const { exitCode, ...result } = await trust({
    stack,
    file: resolve(`Pulumi.${stack}.yaml`),
    yes,
    say: (text) => (json ? process.stderr : process.stdout).write(`${text}\n`),
    ask,
  });
  if (json) process.stdout.write(`${JSON.stringify({ stack, ...result }, undefined, 2)}\n`);
  process.exitCode = exitCode;
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
