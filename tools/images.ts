import { commandLine, helpHint, ofStack, start, withResult } from "./command-line";
import { pin, pinExitCode, renderPin } from "./images/pin";
import { renderSync, sync, syncExitCode } from "./images/sync";
import { openStack, type StackChoice } from "./stack";
import { interruption, print } from "./terminal";

// `npm run images:pin` and `npm run images:sync`: the images of a stack. This file only parses.

export const images = commandLine(
  "images:",
  "The images of a stack, by its file. Logins for other registries than images.mirror are those of skopeo and docker.",
).configureHelp({
  // Each is a script of its own.
  commandUsage: (one) => `npm run images:${one.parent ? `${one.name()} -- ${one.usage()}` : "COMMAND"}`,
});

interface Options extends StackChoice {
  only: string[];
  json: boolean;
}

const command = (name: string, description: string, codes: string) =>
  withResult(
    ofStack(
      images
        .command(name)
        .description(description)
        .showHelpAfterError(helpHint(`images:${name}`)),
    ).option("--only <names...>", "these images only, by their names in the output", []),
    `0 ${codes}; 2 refused, nothing was changed; 130 Ctrl-C`,
  );

command(
  "pin",
  "writes the digest of each image into the stack's file, as the mirror has it or its own registry",
  "all are written; 3 with --check, the file is not up to date",
)
  .option("--check", "write nothing; fail when a digest is another, missing or not used", false)
  .option("--upstream", "ask the images' own registries, not the mirror", false)
  .action(async (options: Options & { check: boolean; upstream: boolean }) => {
    const result = await pin(await openStack(options), { ...options, signal: interruption() });
    print(options.json, result, renderPin(result));
    process.exitCode = pinExitCode(result);
  });

command(
  "sync",
  "copies each image from its own registry into the mirror, by digest; what is there is not sent again",
  "all are in the mirror; 3 with --dry-run, some are not",
)
  .option("--dry-run", "copy nothing; say what would be copied", false)
  .action(async (options: Options & { dryRun: boolean }) => {
    const result = await sync(await openStack(options), { ...options, signal: interruption() });
    print(options.json, result, renderSync(result));
    process.exitCode = syncExitCode(result);
  });
start(images, module);
