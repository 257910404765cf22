import { Command } from "commander";
import { removeLab } from "./hosts/remove";
import { labPulumi } from "./pulumi";
import { anyCode, CommandFailed } from "./run";
import { formatStatus, labStatus } from "./status";
import { labUp } from "./up";

export const cli = new Command("lab").description("three hosts on this machine, and the dev stack on them");

cli
  .command("up")
  .description("bring up the lab; run again, it repairs what is missing")
  .option("--config-file <file>", "another stack file than the tree's Pulumi.dev.yaml, on the same hosts")
  .action(({ configFile }: { configFile?: string }) => labUp(configFile));

cli
  .command("status")
  .description("what runs; exit code 1 when something is missing")
  .option("--json", "for machines")
  .action(async ({ json }: { json?: boolean }) => {
    const status = await labStatus();
    process.stdout.write(`${json ? JSON.stringify(status, null, 2) : formatStatus(status)}\n`);
    if (!status.ok) process.exitCode = 1;
  });

cli
  .command("down")
  .description("remove the lab and all that it left on this machine")
  .option("--keep-images", "keep the engine's images, for a quicker start the next time")
  .action(({ keepImages }: { keepImages?: boolean }) => removeLab({ keepImages: keepImages ?? false }));

cli
  .command("pulumi")
  .description("the Pulumi CLI with the lab's own home, plugins and state")
  .helpOption(false)
  .allowUnknownOption()
  .argument("[args...]")
  .action(async (args: string[]) => {
    const { code } = await labPulumi(args, { output: "inherit", allow: anyCode });
    process.exitCode = code;
  });

// Not when a test only looks at what there is.
if (require.main === module)
  cli.parseAsync().catch((error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`${message}\n`);
    if (process.env.DEBUG && error instanceof Error) process.stderr.write(`${error.stack}\n`);
    process.exit(error instanceof CommandFailed ? error.result.code || 1 : 1);
  });
