import { quote } from "../hosts/shell";
import { adminSocket, containerName } from "./daemons";

/** Whom a gate asks, for how long, and what it says in the end. */
export interface GateArgs {
  /** Container that `ceph` is run in. */
  container: string;
  /** What the gate is bound to: when this text is another, it asks again. */
  because: string;
  /** How often it asks, once a second, before it fails. */
  patience: number;
  /** Command that shows more, for the message. */
  look: string;
  /** Arguments of `ceph` that are run when the gate opens. @default none */
  then?: string;
}

interface Condition {
  /** Arguments of `ceph`; the answer is JSON, and white space is taken out of it. */
  ask: string;
  /** Extended regular expressions that must all be found in the answer. */
  expect: string[];
  /** Extended regular expression that must not be found in the answer. @default none */
  reject?: string;
  /** What is good enough after some tries, an extended regular expression. @default nothing */
  settle?: { after: number; expect: string };
  /** Extended regular expression of what is shown of the answer. */
  show: string;
  failure: string;
}

/** Script that asks once a second until the answer fits, and fails when patience is over. */
function gateScript({ ask, expect, reject, settle, show, failure }: Condition, args: GateArgs): string {
  const { container, because, patience, look } = args;
  const found = (pattern: string) => `printf %s "$answer" | grep -qE ${quote(pattern)}`;
  const fits = [...expect.map(found), ...(reject ? [`! { ${found(reject)}; }`] : [])].join(" && ");
  const settles = settle ? ` || { [ "$tries" -ge ${settle.after} ] && ${found(settle.expect)}; }` : "";
  return `
# because of ${because}
tries=0
while :; do
  answer=$(timeout 10 docker exec ${quote(container)} ceph ${ask} --format json 2>&1 | tr -d ' \\n\\t') || true
  shown=$(printf %s "$answer" | grep -oE ${quote(show)} | head -n 1) || true
  if { ${fits}; }${settles}; then echo "$shown"; break; fi
  tries=$((tries + 1))
  if [ "$tries" -ge ${patience} ]; then
    echo ${quote(`${failure} within ${patience} tries; last answer:`)} "\${shown:-\${answer:-none}}. Look at:" ${quote(look)} >&2
    exit 1
  fi
  sleep 1
done
${andThen(args)}`;
}

const andThen = ({ container, then }: GateArgs): string =>
  then ? `timeout 30 docker exec ${quote(container)} ceph --connect-timeout 20 ${then}\n` : "";

/**
 * One monitor is in the quorum, or is of a cluster that never had one (its monitor map is still epoch 0). So a new
 * cluster starts one monitor after the other without waiting, and a change of a running cluster goes on only when the
 * monitor before is back. One that hears from nobody for half a minute is the first that comes back after all were lost;
 * where the others do run, they are not touched while it is away (`ok-to-stop`).
 */
export function monitorGate(id: string, args: GateArgs): string {
  return gateScript(
    {
      ask: `--admin-daemon ${adminSocket("mon")} mon_status`,
      expect: ['"state":"(leader|peon)"|"monmap":\\{"epoch":0,'],
      settle: { after: 30, expect: `"state":"probing".*"outside_quorum":\\["${id}"\\]` },
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

/** An OSD is up. */
export function osdGate(number: string, uuid: string, args: GateArgs): string {
  return gateScript(
    {
      ask: "--connect-timeout 5 osd dump",
      expect: [`"osd":${number},"uuid":"${uuid}","up":1`],
      show: `"osd":${number},"uuid":"[^"]*","up":[01],"in":[01]`,
      failure: `OSD ${number} did not come up`,
    },
    args,
  );
}

/** A metadata server is in the map, active or standing by, and every file system is served. */
export function metadataServerGate(id: string, args: GateArgs): string {
  return gateScript(
    {
      ask: "--connect-timeout 5 fs dump",
      expect: [
        `"name":"${id}","rank":-?[0-9]+,"incarnation":[0-9]+,"state":"up:(standby|active|standby-replay)"`,
      ],
      reject:
        '"state":"up:(creating|starting|replay|resolve|reconnect|rejoin|clientreplay)"|"failed":\\[[0-9]|"damaged":\\[[0-9]',
      show: `"name":"${id}","rank":-?[0-9]+,"incarnation":[0-9]+,"state":"[^"]*"`,
      failure: `metadata server ${id} did not come up`,
    },
    args,
  );
}

/** Checks of health that an upgrade itself causes: keys of the old type. They don't stop a change. */
const letThrough = "AUTH_[A-Z_]+";

/**
 * Before a daemon that runs is taken down: the cluster is not in error, and says that it can do without it (`question`,
 * arguments of `ceph`). A daemon that does not run has nothing to ask.
 */
export function mayStop(question: string, args: GateArgs): string {
  const { container, because, patience, look } = args;
  const ceph = `timeout 10 docker exec ${quote(container)} ceph --connect-timeout 5`;
  const advice = `Look at: ${look}`;
  return `
# because of ${because}
if [ -z "$(docker ps --quiet --filter status=running --filter ${quote(`name=^/?${container}$`)})" ]; then
  echo "${container} does not run"
  return
fi
answer=$(${ceph} health --format json 2>&1 | tr -d ' \\n\\t') || true
errors=$(printf %s "$answer" | grep -oE '"[A-Z_]+":\\{"severity":"HEALTH_ERR"' | cut -d '"' -f 2 | grep -vE ${quote(`^${letThrough}$`)} | tr '\\n' ' ') || true
if [ -n "$errors" ]; then
  echo "${container} is not touched while Ceph is in error:" "$errors". ${quote(advice)} >&2
  exit 1
fi
tries=0
until reason=$(${ceph} ${question} 2>&1); do
  case $reason in *"monitors would be available ()"*)
    echo "${container} is the only monitor: clients wait until it is back"
    break ;;
  esac
  tries=$((tries + 1))
  if [ "$tries" -ge ${patience} ]; then
    echo "${container} can't be stopped: $reason". ${quote(advice)} >&2
    exit 1
  fi
  sleep 1
done
echo "${container} may stop"
${andThen(args)}`;
}
