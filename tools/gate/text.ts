import { table } from "../table";
import { type Change, type Operation } from "./change";
import { type Verdict } from "./verdict";

const most = 3;

/** The first few properties, and how many more there are. */
export const shortly = (why: string[]): string =>
  why.length <= most ? why.join(", ") : `${why.slice(0, most).join(", ")}, … ${why.length - most} more`;

/** Last part of a type: `Container`, `PersistentVolume`. */
export const kindOf = ({ type }: Change): string => type.split(":").pop() ?? type;

/** One line for those who read only one. */
export function headline({ errors, refused, allowed, restarts }: Verdict): string {
  if (refused.length > 0)
    return `data is lost: ${refused.length} resource${plural(refused)} that hold${refused.length === 1 ? "s" : ""} data would be deleted or replaced`;
  if (errors.length > 0) return "the preview itself failed";
  const data = allowed.length > 0 ? `${allowed.length} with data, allowed` : "no data is lost";
  const after =
    restarts.length > 0 ? `${restarts.length} thing${plural(restarts)} may restart` : "nothing restarts";
  return `${data}, ${after}`;
}

const plural = (list: unknown[]): string => (list.length === 1 ? "" : "s");

/** `3 create, 1 delete`, or `no changes`. */
export const countsText = (counts: Record<Operation, number>): string =>
  Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([operation, count]) => `${count} ${operation}`)
    .join(", ") || "no changes";

/** The verdict for a terminal: what matters as a table, the rest as a number. */
export function renderVerdict(verdict: Verdict): string {
  const { stack, errors, refused, allowed, restarts, quiet, counts, notThere } = verdict;
  const ok = refused.length === 0 && errors.length === 0;
  const rows = [
    ...refused.map((change) => row("DATA", change)),
    ...allowed.map((change) => row("allowed", change)),
    ...restarts.map((change) => row("", change)),
  ];
  const head = ["", "what", "", "where", "why", "restarts or loses"];
  return [
    `${ok ? "✓" : "✗"} ${stack ?? "the stack"}: ${headline(verdict)} (${countsText(counts)})`,
    ...errors.map((error) => `  ${error.split("\n").join("\n  ")}`),
    ...(rows.length > 0 ? ["", table([head, ...rows])] : []),
    ...(quiet.length > 0 && rows.length > 0 ? ["", `and ${quiet.length} more, without a restart`] : []),
    ...notThere.map((its) => `--allow ${its}: nothing with data by that name goes`),
    ...(refused.length > 0 ? ["", howToAllow(refused)] : []),
  ].join("\n");
}

const row = (mark: string, change: Change): string[] => [
  mark,
  `${change.operation} ${kindOf(change)}`,
  change.name,
  change.where,
  shortly(change.why),
  [change.loses, change.restarts].filter((text) => text !== undefined).join("; "),
];

const howToAllow = (refused: Change[]): string =>
  `If it is meant: save what is needed (docs/backup.md), then --allow ${refused.map(({ name }) => name).join(" ")}`;
