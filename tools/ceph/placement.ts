/** What Ceph (16 to 21) says about where data goes, as far as it is used. */
export interface Tree {
  nodes: {
    id: number;
    name: string;
    type: string;
    device_class?: string;
    crush_weight?: number;
    children?: number[];
  }[];
}

export interface Rule {
  rule_id: number;
  rule_name: string;
  steps: { op: string; item_name?: string; type?: string }[];
}

/** Groups of OSDs of which each may have one copy of a piece of data: by host, by rack, or each OSD by itself. */
export interface Domains {
  /** What they are: `host`, `rack`, `osd`, … */
  kind: string;
  /** Name of the group → numbers of the OSDs in it that the rule may use. */
  osds: Map<string, number[]>;
}

/**
 * Where a CRUSH rule may put copies. undefined: the rule has more than one step of choosing, so that its groups are
 * not told by one kind.
 */
export function domainsOf(rule: Rule, tree: Tree): Domains | undefined {
  const takes = rule.steps.filter(({ op }) => op === "take");
  const chooses = rule.steps.filter(({ op }) => op.startsWith("choose"));
  const [take, choose] = [takes[0], chooses[0]];
  if (!take?.item_name || !choose?.type || takes.length > 1 || chooses.length > 1) return undefined;
  // `default~ssd` is the tree of OSDs of that class.
  const [root = "", deviceClass] = take.item_name.split("~");
  const kind = choose.type;
  const osds = new Map<string, number[]>();
  const byId = new Map(tree.nodes.map((node) => [node.id, node]));
  const walk = (node: Tree["nodes"][number] | undefined, group: string | undefined): void => {
    if (!node) return;
    const within = node.type === kind ? node.name : group;
    if (node.type === "osd") {
      const usable = (node.crush_weight ?? 0) > 0 && (!deviceClass || node.device_class === deviceClass);
      if (usable && within !== undefined) osds.set(within, [...(osds.get(within) ?? []), node.id]);
      return;
    }
    for (const child of node.children ?? []) walk(byId.get(child), within);
  };
  walk(
    tree.nodes.find(({ name }) => name === root),
    undefined,
  );
  return { kind, osds };
}
