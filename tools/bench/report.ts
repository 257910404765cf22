import { table } from "../table";
import { type Cpu, type Measurement, type Phases } from "./measure";

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

/** Two ways to say how long a run took; the second is much the same on a busy machine. */
const clocks: { name: string; of: (measured: Measurement) => number }[] = [
  { name: "", of: ({ seconds }) => seconds },
  { name: ", processor time", of: ({ cpu }) => cpu.program + cpu.engine },
];

/** Pure: measurements to ratios. */
export function reportOf(stacks: StackReport[]): BenchReport {
  const ratios = clocks.flatMap(({ name: clock, of }) => {
    const timeOf = ({ measured }: StackReport, operation: Operation) => {
      const one = measured[operation];
      return one && of(one);
    };
    const empty = stacks.find(({ name }) => name === "empty");
    // Of the empty program there is no image to change: an up without a change is what that is measured against.
    const base = (operation: Operation) =>
      empty && timeOf(empty, operation === "one image" ? "no-op up" : operation);
    return [...toEmpty(stacks, timeOf, base), ...growthOf(stacks, timeOf, base)].map(
      ({ what, ...ratio }) => ({
        what: what + clock,
        ...ratio,
      }),
    );
  });
  return { stacks, ratios };
}

type TimeOf = (stack: StackReport, operation: Operation) => number | undefined;
type Base = (operation: Operation) => number | undefined;

function toEmpty(stacks: StackReport[], timeOf: TimeOf, base: Base): BenchReport["ratios"] {
  return stacks
    .filter(({ name }) => name !== "empty")
    .flatMap((stack) =>
      operations.flatMap((operation) => {
        const [own, its] = [timeOf(stack, operation), base(operation)];
        if (own === undefined || its === undefined) return [];
        const goal = stack.name === "dev" && operation === "preview" ? { goal: goals.devPreview } : {};
        return [{ what: `${stack.name}: ${operation} to the empty program's`, ratio: own / its, ...goal }];
      }),
    );
}

/** How the time beyond the empty program's grows from a number of hosts to the next. */
function growthOf(stacks: StackReport[], timeOf: TimeOf, base: Base): BenchReport["ratios"] {
  const scaled = stacks.filter(({ name }) => /^\d+ hosts$/.test(name)).sort((a, b) => a.hosts - b.hosts);
  return scaled.slice(1).flatMap((larger, index) => {
    const smaller = scaled[index] as StackReport;
    return operations.flatMap((operation) => {
      const [more, less] = [timeOf(larger, operation), timeOf(smaller, operation)];
      if (more === undefined || less === undefined) return [];
      const floor = base(operation) ?? 0;
      const ratio = (more - floor) / Math.max(less - floor, 0.001);
      const goal = larger.hosts === 10 * smaller.hosts && smaller.hosts >= 30 ? { goal: goals.growth } : {};
      const what = `${smaller.name} to ${larger.name}: ${operation}, beyond the empty program's`;
      return [{ what, ratio, ...goal }];
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
  const cpuParts: (keyof Cpu)[] = ["sdk", "modules", "resources", "engine", "plugins"];
  const cpu = stacks.flatMap(({ name, measured }) =>
    (["preview", "full up"] as const).flatMap((operation) => {
      const one = measured[operation];
      return one ? [[`${name}: ${operation}`, ...cpuParts.map((part) => seconds(one.cpu[part]))]] : [];
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
    "seconds of processor time",
    table([["", "Node and SDK", "modules", "resources", "engine", "plugins"], ...cpu]),
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
