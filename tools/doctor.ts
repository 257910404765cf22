import { commandLine, ofStack, pulumiNote, start, withResult } from "./command-line";
import { diagnose } from "./doctor/diagnose";
import { hasFaults, renderFindings } from "./doctor/finding";
import { type StackChoice } from "./stack";
import { pulumiCommand } from "./state";
import { print } from "./terminal";

// `npm run doctor`: what would make `pulumi up` fail, before it does.

export const doctor = ofStack(
  commandLine(
    "doctor",
    "Looks for what would make `pulumi up` fail: on this machine, in the stack's file, on its hosts. It changes nothing.",
  ),
).option("--pulumi <command>", "the Pulumi CLI, with its first arguments");

withResult(
  doctor,
  "0 nothing is in the way, though there may be warnings; 2 something is, faults in the stack's file included",
  pulumiNote,
).action(async ({ pulumi, json, ...choice }: StackChoice & { pulumi?: string; json: boolean }) => {
  const findings = await diagnose(choice, (stack) => pulumi ?? pulumiCommand(stack));
  print(json, { ok: !hasFaults(findings), findings }, renderFindings(findings));
  process.exitCode = hasFaults(findings) ? 2 : 0;
});

start(doctor, module);
