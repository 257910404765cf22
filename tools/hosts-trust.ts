import { resolve } from "node:path";
import { commandLine, start, withResult } from "./command-line";
import { trust } from "./host-keys/trust";
import { ask } from "./terminal";

// `npm run hosts:trust`: host keys of a stack's hosts, fetched, shown, and on yes written into its file.

interface Options {
  stack: string;
  configFile?: string;
  yes: boolean;
  json: boolean;
}

const hostsTrust = commandLine(
  "hosts:trust",
  "Fetches the SSH host keys of a stack's hosts, shows them, and on yes writes them into its file.",
)
  .requiredOption("--stack <name>", "stack whose Pulumi.<name>.yaml names the hosts")
  .option("--config-file <file>", "the stack's file, when it is not Pulumi.<name>.yaml here")
  .option(
    "--yes",
    "write new keys without a question; a changed key still needs the host's name typed",
    false,
  );

withResult(
  hostsTrust,
  "0 all keys are known; 2 a key has changed and was not accepted; 3 new keys were not written, because the answer was no or there was no terminal to ask on",
).action(async ({ stack, configFile, yes, json }: Options) => {
  const { exitCode, ...result } = await trust({
    stack,
    file: resolve(configFile ?? `Pulumi.${stack}.yaml`),
    yes,
    say: (text) => (json ? process.stderr : process.stdout).write(`${text}\n`),
    ask,
  });
  if (json) process.stdout.write(`${JSON.stringify({ stack, ...result }, undefined, 2)}\n`);
  process.exitCode = exitCode;
});

start(hostsTrust, module);
