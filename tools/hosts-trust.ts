import { commandLine, ofStack, start, withResult } from "./command-line";
import { trust } from "./host-keys/trust";
import { findStack, type StackChoice } from "./stack";
import { ask } from "./terminal";

// `npm run hosts:trust`: host keys of a stack's hosts, fetched, shown, and on yes written into its file.

export const hostsTrust = ofStack(
  commandLine(
    "hosts:trust",
    "Fetches the SSH host keys of a stack's hosts, shows them, and on yes writes them into its file.",
  ),
).option(
  "--yes",
  "write new keys without a question; a changed key still needs the host's name typed",
  false,
);

withResult(
  hostsTrust,
  "0 all keys are known; 2 a key has changed and was not accepted; 3 new keys were not written, because the answer was no or there was no terminal to ask on",
).action(async ({ yes, json, ...choice }: StackChoice & { yes: boolean; json: boolean }) => {
  const { name: stack, file } = await findStack(choice);
  const { exitCode, ...result } = await trust({
    stack,
    file,
    yes,
    say: (text) => (json ? process.stderr : process.stdout).write(`${text}\n`),
    ask,
  });
  if (json) process.stdout.write(`${JSON.stringify({ stack, ...result }, undefined, 2)}\n`);
  process.exitCode = exitCode;
});

start(hostsTrust, module);
