import { basename } from "node:path";
import { examine, type Finding, renderChange, renderTable } from "./findings";
import { readHosts, readStackFile, renderHostKeys, replaceFile } from "./stack-file";

/** How it ended, as the exit code of the command. */
export const exitCodes = { done: 0, unreachable: 1, changed: 2, notAsked: 3 } as const;

export interface TrustOptions {
  /** Name of the stack, for messages. */
  stack: string;
  /** Its Pulumi.<stack>.yaml. */
  file: string;
  /** New keys are written without a question. Changed ones never are. */
  yes: boolean;
  /** Prints text for people. */
  say(text: string): void;
  /** Asks on the terminal and gives the answer; undefined when there is no terminal. */
  ask: ((question: string) => Promise<string>) | undefined;
}

export interface TrustResult {
  exitCode: (typeof exitCodes)[keyof typeof exitCodes];
  findings: Finding[];
  /** Names of the hosts whose keys were written. */
  written: string[];
}

/** Fetches the host keys of a stack, shows them, and writes those that the operator accepts into the stack's file. */
export async function trust({ stack, file, yes, say, ask }: TrustOptions): Promise<TrustResult> {
  const { hosts, ssh } = readHosts(await readStackFile(file), stack);
  const findings = await examine(hosts, ssh);
  say(renderTable(findings));

  const fresh = findings.filter(({ state }) => state === "new");
  const changed = findings.filter(({ state }) => state === "changed");
  const acceptedFresh = fresh.length > 0 && (yes || (await confirmNew(fresh, file, ask))) ? fresh : [];
  const acceptedChanged: Finding[] = [];
  for (const finding of changed) if (await confirmChanged(finding, say, ask)) acceptedChanged.push(finding);

  const accepted = [...acceptedFresh, ...acceptedChanged];
  if (accepted.length > 0) {
    const keys = new Map(accepted.map(({ name, hostKey = "" }) => [name, hostKey]));
    // Read again: the operator may have edited the file while the question stood.
    await replaceFile(file, renderHostKeys(await readStackFile(file), keys));
    say(`${basename(file)}: wrote the host keys of ${[...keys.keys()].join(", ")}`);
    if (acceptedChanged.length > 0) say(otherMachines(acceptedChanged, stack));
  }

  const refused = changed.filter((finding) => !acceptedChanged.includes(finding));
  const open = acceptedFresh.length < fresh.length;
  const unreachable = findings.filter(({ state }) => state === "unreachable");
  if (refused.length > 0) say(refusal(refused, stack, file));
  if (open)
    say(
      `no new host key was written${ask ? "" : ": there is no terminal to ask on, and --yes wasn't given"}`,
    );
  if (unreachable.length > 0)
    say(`no key from ${names(unreachable)}: check address, port and sshd, then run this again`);
  const exitCode =
    refused.length > 0 ? "changed" : open ? "notAsked" : unreachable.length > 0 ? "unreachable" : "done";
  return { exitCode: exitCodes[exitCode], findings, written: accepted.map(({ name }) => name) };
}

async function confirmNew(fresh: Finding[], file: string, ask: TrustOptions["ask"]): Promise<boolean> {
  const question = `Compare with ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub on each machine's own console.
Write the new host keys of ${names(fresh)} into ${basename(file)}? [y/N] `;
  return /^y(es)?$/i.test((await ask?.(question))?.trim() ?? "");
}

async function confirmChanged(
  finding: Finding,
  say: TrustOptions["say"],
  ask: TrustOptions["ask"],
): Promise<boolean> {
  say(renderChange(finding));
  const answer = await ask?.(
    `Type the name of the host to accept its new key, anything else to keep the configured one: `,
  );
  return answer?.trim() === finding.name;
}

/** What to type when a host has become another machine. */
function otherMachines(changed: Finding[], stack: string): string {
  const targets = changed.flatMap(({ name }) => [
    `--target '**${name}-prepare'`,
    `--target '**${name}-docker'`,
  ]);
  return `Next, when ${names(changed)} is another machine than before (docs/replace-host.md), or got new keys:
  pulumi up --stack ${stack} ${targets.join(" ")}
  pulumi up --stack ${stack} --refresh`;
}

function refusal(refused: Finding[], stack: string, file: string): string {
  return `The configured key of ${names(refused)} was kept. To accept the new one: run npm run hosts:trust -- --stack ${stack}
on a terminal and type the host's name, or remove its hostKey from ${basename(file)} and run it again.`;
}

function names(findings: Finding[]): string {
  return findings.map(({ name }) => name).join(", ");
}
