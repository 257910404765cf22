import { quote } from "../hosts/shell";
import { adminSocket, containerName } from "./daemons";

/** Whom a gate asks, for how long, and what it says in the end. */
export interface GateArgs {
  /** Container that is asked. Another id is another text, and so the gate runs again. */
  container: { name: string; id: string };
  /** Seconds until the gate fails. */
  patience: number;
  /** Command that shows more, for the message. */
  look: string;
}

interface Condition {
  /** Arguments of `ceph`, run in the container; the answer is JSON, and white space is taken out of it. */
  ask: string;
  /** Extended regular expressions that must all be found in the answer. */
  expect: string[];
  /** Extended regular expression of what is shown of the answer. */
  show: string;
  failure: string;
}

/** Script that asks once a second until the answer fits, and fails when patience is over. */
function gateScript(
  { ask, expect, show, failure }: Condition,
  { container, patience, look }: GateArgs,
): string {
  const fits = expect.map((pattern) => `printf %s "$answer" | grep -qE ${quote(pattern)}`).join(" && ");
  return `
# asks container ${container.id}
tries=0
while :; do
  answer=$(timeout 10 docker exec ${quote(container.name)} ceph ${ask} --format json 2>&1 | tr -d ' \\n\\t') || true
  shown=$(printf %s "$answer" | grep -oE ${quote(show)} | head -n 1) || true
  if ${fits}; then echo "$shown"; return; fi
  tries=$((tries + 1))
  if [ "$tries" -ge ${patience} ]; then
    echo ${quote(`${failure} within ${patience} tries; last answer:`)} "\${shown:-\${answer:-none}}. Look at:" ${quote(look)} >&2
    exit 1
  fi
  sleep 1
done
`;
}

/**
 * One monitor is in the quorum, or is of a cluster that never had one (its monitor map is still epoch 0). So a new
 * cluster starts one monitor after the other without waiting, and a change of a running cluster goes on only when the
 * monitor before is back.
 */
export function monitorGate(id: string, args: GateArgs): string {
  return gateScript(
    {
      ask: `--admin-daemon ${adminSocket("mon", id)} mon_status`,
      expect: ['"state":"(leader|peon)"|"monmap":\\{"epoch":0,'],
      show: '"state":"[a-z]+"',
      failure: `${containerName("mon", id)} did not join the quorum`,
    },
    args,
  );
}

/** All monitors are in the quorum. */
export function quorumGate(monitors: string[], args: GateArgs): string {
  return gateScript(
    {
      ask: "--connect-timeout 5 quorum_status",
      expect: monitors.map((name) => `"quorum_names":\\[[^]]*"${name}"`),
      show: '"quorum_names":\\[[^]]*\\]',
      failure: `the monitors ${monitors.join(", ")} did not form a quorum`,
    },
    args,
  );
}

/** A manager is active. */
export function managerGate(args: GateArgs): string {
  return gateScript(
    {
      ask: "--connect-timeout 5 mgr stat",
      expect: ['"available":true'],
      show: '"active_name":"[^"]*"',
      failure: "no manager became active",
    },
    args,
  );
}
