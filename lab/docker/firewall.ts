/** The text of iptables-save, by table. */
interface Table {
  policies: Map<string, string>;
  chains: string[];
  rules: string[];
}

/** What `iptables-save` prints, read: tables with chains, policies and rules (counters dropped). */
export function parseRules(saved: string): Map<string, Table> {
  const tables = new Map<string, Table>();
  let table: Table = { policies: new Map(), chains: [], rules: [] };
  for (const line of saved.split("\n")) {
    if (line.startsWith("*")) {
      table = { policies: new Map(), chains: [], rules: [] };
      tables.set(line.slice(1).trim(), table);
    } else if (line.startsWith(":")) {
      const [chain = "", policy = "-"] = line.slice(1).split(" ");
      if (policy === "-") table.chains.push(chain);
      else table.policies.set(chain, policy);
    } else if (line.startsWith("-A ")) table.rules.push(line.trim());
  }
  return tables;
}

const dockers = /^DOCKER(-|$)/;
const dockersRule = /(\s-[ij] (DOCKER|lab0)|\slab0(\s|$)|\b10\.77\.0\.|-A DOCKER)/;

/** The rules that name the lab's bridge or addresses, as `table: rule`. */
export function labRules(saved: string): string[] {
  return [...parseRules(saved)].flatMap(([name, { rules }]) =>
    rules.filter((rule) => /\slab0(\s|$)|\b10\.77\.0\.\d/.test(rule)).map((rule) => `${name}: ${rule}`),
  );
}

/**
 * Arguments of the iptables calls that take back what Docker changed between two outputs of iptables-save: its
 * rules, its chains, the policy of FORWARD. Rules that others added meanwhile stay.
 */
export function undoRules(before: string, after: string): string[][] {
  const old = parseRules(before);
  return [...parseRules(after)].flatMap(([name, table]) => {
    const was = old.get(name);
    const on = ["-t", name];
    const newRules = table.rules.filter((rule) => dockersRule.test(rule) && !was?.rules.includes(rule));
    const newChains = table.chains.filter((chain) => dockers.test(chain) && !was?.chains.includes(chain));
    const policy = was?.policies.get("FORWARD") ?? "ACCEPT";
    const forwards = table.policies.get("FORWARD") ?? policy;
    return [
      ...newRules.map((rule) => [...on, "-D", ...words(rule).slice(1)]),
      ...newChains.map((chain) => [...on, "-F", chain]),
      ...newChains.map((chain) => [...on, "-X", chain]),
      ...(name === "filter" && forwards !== policy ? [[...on, "-P", "FORWARD", policy]] : []),
    ];
  });
}

/** Splits a rule as a shell would: comments are in double quotes. */
function words(rule: string): string[] {
  return (rule.match(/"(?:\\.|[^"\\])*"|\S+/g) ?? []).map((word) =>
    word.startsWith('"') ? word.slice(1, -1).replace(/\\(.)/g, "$1") : word,
  );
}
