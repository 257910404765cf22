import { table } from "../table";
import { type Measurement, type Phases } from "./measure";

/** What is run of each stack, in this order. */
export const operations = ["first preview", "full up", "preview", "no-op up", "one image"] as const;
export type Operation = (typeof operations)[number];

export interface StackReport {
  /** `empty`, `dev`, or the number of hosts. */
  name: string;
  hosts: number;
  resources: number;
  measured: Partial<Record<Operation, Measurement>>;
}

/** Goals of this project; a ratio on one machine in one run. */
export const goals = {
  /** No-op preview of the dev stack to that of the empty program. */
  devPreview: 1.5,
  /** Ten times the hosts may take so many times the time. */
  growth: 11,
};

export interface BenchReport {
  stacks: StackReport[];
  ratios: { what: string; ratio: number; goal?: number }[];
}

/** Pure: measurements to ratios. */
export function reportOf(stacks: StackReport[]): BenchReport {
  const empty = stacks.find(({ name }) => name === "empty");
  const base = (operation: Operation) =>
    empty?.measured[operation === "one image" ? "no-op up" : operation]?.seconds;
  const toEmpty = stacks
    .filter(({ name }) => name !== "empty")
    .flatMap(({ name, measured }) =>
      operations.flatMap((operation) => {
        const [own, its] = [measured[operation]?.seconds, base(operation)];
        if (own === undefined || its === undefined) return [];
        const goal = name === "dev" && operation === "preview" ? { goal: goals.devPreview } : {};
        return [{ what: `${name}: ${operation} to the empty program's`, ratio: own / its, ...goal }];
      }),
    );
  return { stacks, ratios: [...toEmpty, ...growthOf(stacks, base)] };
}

/** How the time beyond the empty program's grows from a number of hosts to the next. */
function growthOf(stacks: StackReport[], base: (operation: Operation) => number | undefined) {
  const scaled = stacks.filter(({ name }) => /^\d+ hosts$/.test(name)).sort((a, b) => a.hosts - b.hosts);
  return scaled.slice(1).flatMap((larger, index) => {
    const smaller = scaled[index] as StackReport;
    return operations.flatMap((operation) => {
      const [more, less] = [larger, smaller].map(({ measured }) => measured[operation]?.seconds);
      if (more === undefined || less === undefined) return [];
      const floor = base(operation) ?? 0;
      const ratio = (more - floor) / Math.max(less - floor, 0.001);
      const goal = larger.hosts === 10 * smaller.hosts && smaller.hosts >= 30 ? { goal: goals.growth } : {};
      return [
        {
          what: `${smaller.name} to ${larger.name}: ${operation}, beyond the empty program's`,
          ratio,
          ...goal,
        },
      ];
    });
  });
}

/** For people. */
export function renderReport({ stacks, ratios }: BenchReport): string {
  const seconds = (value: number | undefined) => (value === undefined ? "-" : value.toFixed(1));
  const mib = (value: number | undefined) => (value === undefined ? "-" : value.toFixed(0));
  const phases: (keyof Phases)[] = ["engine", "sdk", "modules", "resources", "end"];
  const times = stacks.map(({ name, resources, measured }) => [
    name,
    String(resources),
    ...operations.map((operation) => seconds(measured[operation]?.seconds)),
  ]);
  const parts = stacks.flatMap(({ name, measured }) =>
    (["preview", "full up"] as const).flatMap((operation) => {
      const one = measured[operation];
      return one ? [[`${name}: ${operation}`, ...phases.map((phase) => seconds(one.phases[phase]))]] : [];
    }),
  );
  const empty = stacks.find(({ name }) => name === "empty")?.measured;
  const perResource = stacks
    .filter(({ resources }) => resources > 10)
    .map(({ name, resources, measured }) => {
      const beyond = (operation: Operation) => {
        const [own, its] = [measured[operation]?.seconds, empty?.[operation]?.seconds];
        return own === undefined || its === undefined ? "-" : (((own - its) / resources) * 1000).toFixed(1);
      };
      const kib =
        (((measured.preview?.programMiB ?? 0) - (empty?.preview?.programMiB ?? 0)) / resources) * 1024;
      return [
        name,
        beyond("preview"),
        beyond("full up"),
        kib.toFixed(0),
        mib(measured.preview?.programMiB),
        mib(measured.preview?.allMiB),
      ];
    });
  return [
    "seconds of wall time",
    table([["", "resources", ...operations], ...times]),
    "",
    "where they go",
    table([["", "engine starts", "Node and SDK", "modules", "resources", "end"], ...parts]),
    "",
    "for each resource, beyond the empty program",
    table([
      [
        "",
        "ms of a preview",
        "ms of a full up",
        "KiB of the program",
        "program, MiB",
        "with the engine, MiB",
      ],
      ...perResource,
    ]),
    "",
    "ratios of this run",
    table(
      ratios.map(({ what, ratio, goal }) => [
        what,
        `${ratio.toFixed(2)} ×`,
        goal === undefined ? "" : ratio <= goal ? `goal ${goal}: met` : `goal ${goal}: MISSED`,
      ]),
    ),
    "",
    "Times are those of this machine and of what else it does; only ratios within one run mean something.",
  ].join("\n");
}
