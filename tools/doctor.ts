import { program } from "commander";
import { diagnose } from "./doctor/diagnose";
import { hasFaults, renderFindings } from "./doctor/finding";
import { exitCodeOf } from "./outcome";
import { type StackChoice } from "./stack";
import { pulumiCommand } from "./state";
import { print } from "./terminal";

/** `npm run doctor`: what would make `pulumi up` fail, before it does. */
async function main(): Promise<void> {
  program
    .name("npm run doctor --")
    .description(
      "Looks for what would make `pulumi up` fail: on this machine, in the stack's file, on its hosts. It changes nothing.",
    )
    .option("--stack <name>", "the stack (default: the only one here)")
    .option("--config-file <file>", "the stack's file, when it is not Pulumi.<name>.yaml here")
    .option("--pulumi <command>", "the Pulumi CLI, with its first arguments")
    .option("--json", "print the findings as JSON", false)
    .addHelpText(
      "after",
      `
Exit code: 0 nothing is in the way, though there may be warnings; 2 something is; 1 there is no such stack.
FARMSTACK_PULUMI is the default of --pulumi; for the lab's own stack the lab's CLI is asked.`,
    )
    .parse();
  const { pulumi, json, ...choice } = program.opts<StackChoice & { pulumi?: string; json: boolean }>();
  const findings = await diagnose(choice, (stack) => pulumi ?? pulumiCommand(stack));
  print(json, { ok: !hasFaults(findings), findings }, renderFindings(findings));
  process.exitCode = hasFaults(findings) ? 2 : 0;
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = exitCodeOf(error);
});
