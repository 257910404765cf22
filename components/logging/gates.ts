import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { type Host } from "../hosts";
import { hostFunctions } from "../hosts/functions";
import { assignments, quote } from "../hosts/shell";
import { apiFunctions } from "./api";
import { type Passwords } from "./passwords";

/** As whom a script asks Elasticsearch: `elastic`, with whichever of the passwords is in use. */
export interface Login {
  url: string;
  /** PEM. */
  ca: pulumi.Output<string>;
  passwords: Passwords;
}

export interface GateArgs {
  host: Host;
  container: string;
  /** How many nodes the cluster has in all. */
  nodes: number;
  login: Login;
  /** Tries, one a second. */
  patience: number;
}

/** The same, of texts. */
export interface PlainGate {
  hostName: string;
  container: string;
  nodes: number;
  url: string;
  ca: string;
  passwords: string[];
  patience: number;
  /** What to type to see more. */
  look: string;
  /** Stands in the script, so that it runs again when it is another. */
  because: string;
}

const preamble = readFileSync(join(__dirname, "ask.sh"), "utf8");

/** The beginning of a script that asks as `elastic`. Sets `$password` to the one that is in use. */
export function askingAsElastic(args: {
  hostName: string;
  url: string;
  ca: string;
  passwords: string[];
  patience: number;
}): string {
  const { hostName, url, ca, passwords, patience } = args;
  const settings = { host: hostName, url, user: "elastic", ca_text: ca, patience };
  return `${assignments(settings)}\n${hostFunctions}\n${apiFunctions}\n${preamble}\nlog_in ${passwords.map(quote).join(" ")}\n`;
}

/** Waits until the node is back: with others, until every piece of data has its copies again. */
export function backScript(gate: PlainGate): string {
  return `${askingAsElastic(gate)}: because ${quote(gate.because)}
nodes=${gate.nodes} container=${quote(gate.container)} look=${quote(gate.look)}
wait_until_back
`;
}

/** Waits until the cluster can do without the node. Asks nothing while the node does not run. */
export function stopScript(gate: PlainGate): string {
  return `: because ${quote(gate.because)}
if [ -z "$(docker ps --quiet --filter ${quote(`name=^/?${gate.container}$`)})" ]; then
  echo ${quote(`${gate.container} does not run`)}
  return 0
fi
${askingAsElastic(gate)}nodes=${gate.nodes} container=${quote(gate.container)} look=${quote(gate.look)}
wait_until_spare
`;
}

/**
 * Part of a script: lets the first node form the cluster when it has no data and nobody answers at the others' addresses.
 * When somebody does, this is a node that lost its data: it joins them.
 */
export const formScript = (mark: string, others: string[]): string => `
if [ -z "$(ls -A "$data")" ] && [ ! -e "$files/${mark}" ]; then
  installed curl || { family=$(family) && install_packages "what asks Elasticsearch" curl ca-certificates; }
  alone=yes
  for other in ${others.map(quote).join(" ")}; do
    if curl --silent --insecure --max-time 10 --output /dev/null "$other"; then alone=; fi
  done
  if [ -n "$alone" ]; then
    : >"$files/${mark}"
    chown "$owner" "$files/${mark}"
  fi
fi
`;

const plain = (gate: GateArgs, because: pulumi.Input<string>): pulumi.Output<PlainGate> =>
  pulumi.all([gate.login.ca, gate.login.passwords, because]).apply(([ca, passwords, its]) => ({
    ...gate,
    hostName: gate.host.hostName,
    url: gate.login.url,
    look: gate.host.shellCommand(`docker logs --tail 50 ${gate.container}`),
    ca,
    passwords,
    because: its,
  }));

export const gateScript = (gate: GateArgs, container: pulumi.Input<string>): pulumi.Output<string> =>
  pulumi.secret(plain(gate, container).apply(backScript));

export const mayChangeScript = (gate: GateArgs, change: pulumi.Input<string>): pulumi.Output<string> =>
  pulumi.secret(plain(gate, change).apply(stopScript));
