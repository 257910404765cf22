const units: Record<string, number> = { h: 3600e9, m: 60e9, s: 1e9, ms: 1e6, us: 1e3, ns: 1 };
const part = /(\d+(?:\.\d+)?)(h|ms|m|s|us|ns)/g;

/** Nanoseconds of a duration such as `1m30s` or `500ms`; undefined when it is not one. */
export function nanoseconds(text: string): number | undefined {
  if (text.replace(part, "") !== "" || text === "") return undefined;
  return [...text.matchAll(part)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * (units[unit!] ?? 0),
    0,
  );
}

/** A duration in its largest whole unit below minutes: `90s`, `500ms`, `0s`. */
export function duration(nanoseconds: number): string {
  const unit = ["s", "ms", "us", "ns"].find((each) => nanoseconds % units[each]! === 0)!;
  return `${nanoseconds / units[unit]!}${unit}`;
}
