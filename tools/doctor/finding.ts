import { table } from "../table";

/** What was looked at, and what came of it. */
export interface Finding {
  /** `this machine`, `the stack's file`, or a host's name. */
  where: string;
  /** Such as `memory`. */
  what: string;
  /** A fault makes `pulumi up` fail; a warning is worth a look. */
  state: "ok" | "warning" | "fault";
  said: string;
  /** What to type or do next. */
  next?: string;
}

export const thisMachine = "this machine";
export const stackFile = "the stack's file";

export const ok = (what: string, said: string) => ({ what, state: "ok" as const, said });
export const warning = (what: string, said: string, next: string) => ({
  what,
  state: "warning" as const,
  said,
  next,
});
export const fault = (what: string, said: string, next: string) => ({
  what,
  state: "fault" as const,
  said,
  next,
});

/** What is found out about one place. */
export type Result = Omit<Finding, "where">;

export const hasFaults = (findings: Finding[]): boolean => findings.some(({ state }) => state === "fault");

/** For people: what is wrong first, each with what to do; then what is well, a line for each place. */
export function renderFindings(findings: Finding[]): string {
  const wrong = (["fault", "warning"] as const).flatMap((state) =>
    findings
      .filter((finding) => finding.state === state)
      .flatMap(({ where, what, said, next }) => [
        `${state === "fault" ? "✗" : "!"} ${where}: ${what}: ${said}`,
        `    ${next ?? ""}`,
      ]),
  );
  const places = [...new Set(findings.map(({ where }) => where))];
  const well = places.map((place) => {
    const there = findings.filter(({ where, state }) => where === place && state === "ok");
    return [place, there.map(({ what }) => what).join(", ") || "nothing"];
  });
  const faults = findings.filter(({ state }) => state === "fault").length;
  const warnings = findings.filter(({ state }) => state === "warning").length;
  return [
    ...wrong,
    ...(wrong.length > 0 ? [""] : []),
    table([["well", ""], ...well]),
    "",
    faults === 0
      ? `nothing is in the way of pulumi up${warnings > 0 ? `; ${warnings} to look at` : ""}`
      : `${faults} in the way of pulumi up`,
  ].join("\n");
}
