import { type ListedOsd } from "./osd-number";
import { domainsOf, type Rule, type Tree } from "./placement";

/** What Ceph (16 to 21) answers, as far as it is looked at before a drain. */
export interface DrainFacts {
  status: {
    health: { status: string; checks?: Record<string, { severity: string; summary: { message: string } }> };
  };
  dump: {
    osds: ListedOsd[];
    pools: { pool_name: string; size: number; crush_rule: number }[];
    flags: string;
    nearfull_ratio: number;
  };
  tree: Tree;
  rules: Rule[];
  usage: { nodes: { id: number; kb: number; kb_used: number }[] };
}

/** Flags of the cluster under which no data moves. */
const holdingFlags = ["nobackfill", "norebalance", "norecover", "pauserd", "pausewr"];

/**
 * Why an OSD can't be drained now, all reasons at once; none when it can. A careful operator's questions: does data
 * move at all, is there another place for every copy, and room there?
 */
export function drainProblems(osd: number, facts: DrainFacts): string[] {
  return [...errorProblems(facts), ...flagProblems(facts), ...placeProblems(osd, facts)];
}

function errorProblems({ status }: DrainFacts): string[] {
  // AUTH_* come from keys of an old type, and have nothing to do with data.
  const errors = Object.entries(status.health.checks ?? {}).filter(
    ([code, { severity }]) => severity === "HEALTH_ERR" && !code.startsWith("AUTH_"),
  );
  return errors.map(([code, { summary }]) => `the cluster is in error, ${code}: ${summary.message}`);
}

function flagProblems({ dump }: DrainFacts): string[] {
  const flags = dump.flags.split(",").filter((flag) => holdingFlags.includes(flag));
  return flags.map(
    (flag) =>
      `the flag ${flag} holds data where it is: ceph osd unset ${flag.startsWith("pause") ? "pause" : flag}`,
  );
}

function placeProblems(osd: number, facts: DrainFacts): string[] {
  const { dump, tree, rules } = facts;
  const isIn = dump.osds.some((other) => other.osd === osd && other.in === 1);
  return rules.flatMap((rule) => {
    const pools = dump.pools.filter(({ crush_rule }) => crush_rule === rule.rule_id);
    const [most] = [...pools].sort((a, b) => b.size - a.size);
    if (!most) return [];
    const domains = domainsOf(rule, tree);
    if (!domains)
      return `the rule ${rule.rule_name} of ${poolNames(pools)} chooses in several steps, which this command can't judge: drain by hand, with ceph osd out ${osd}`;
    const own = [...domains.osds].find(([, numbers]) => numbers.includes(osd));
    if (!own) return []; // the rule puts nothing on it

    const usable = new Set(
      dump.osds
        .filter((other) => other.osd !== osd && other.up === 1 && other.in === 1)
        .map((other) => other.osd),
    );
    const left = [...domains.osds]
      .map(([name, numbers]) => ({ name, numbers: numbers.filter((number) => usable.has(number)) }))
      .filter(({ numbers }) => numbers.length > 0);
    if (left.length < most.size) {
      const places = `${left.length} ${domains.kind}${left.length === 1 ? "" : "s"}`;
      return `${most.pool_name} keeps ${most.size} copies, each on another ${domains.kind}, and without OSD ${osd} only ${places} with OSDs that are up and in would be left (${left.map(({ name }) => name).join(", ") || "none"}): add an OSD elsewhere first`;
    }
    if (!isIn) return []; // its data is on the way already, and counted elsewhere
    // With as many groups as copies each has a copy of everything: what leaves an OSD stays in its group.
    const stays = left.length === most.size && left.find(({ name }) => name === own[0]);
    return [
      ...roomProblem(
        osd,
        left.flatMap(({ numbers }) => numbers),
        "the other OSDs",
        facts,
      ),
      ...(stays ? roomProblem(osd, stays.numbers, `the other OSDs of ${stays.name}`, facts) : []),
    ];
  });
}

/** With the data of one OSD, the others must stay below the ratio at which Ceph warns: single ones are fuller than the average. */
function roomProblem(osd: number, others: number[], whose: string, { usage, dump }: DrainFacts): string[] {
  const sum = (numbers: number[], field: "kb" | "kb_used") =>
    usage.nodes.filter(({ id }) => numbers.includes(id)).reduce((total, node) => total + node[field], 0);
  const full = sum([osd, ...others], "kb_used") / sum(others, "kb");
  return full <= dump.nearfull_ratio
    ? []
    : [
        `with its data ${whose} would be ${percent(full)} full, more than nearfull_ratio (${percent(dump.nearfull_ratio)}): add an OSD or free space first`,
      ];
}

const percent = (ratio: number): string => `${Math.round(ratio * 100)} %`;
const poolNames = (pools: { pool_name: string }[]): string =>
  pools.map(({ pool_name }) => pool_name).join(", ");
