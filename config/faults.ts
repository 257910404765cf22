import { comparePaths, formatPath, type Path } from "./outline";

/** One thing that is wrong with a configuration. */
export interface Fault {
  /** Where, such as `hosts[1].address`. */
  path: string;
  /**
   * What is wrong, what was expected, and a near miss. Of the values in the configuration, only names and addresses of
   * hosts and networks are repeated here: any other could be a secret in the wrong place.
   */
  problem: string;
}

/** A fault while it can still be sorted. */
export interface FoundFault {
  at: Path;
  problem: string;
}

/** Everything that is wrong with a configuration, a line each. */
export class ConfigurationFaults extends Error {
  constructor(readonly faults: Fault[]) {
    super(faults.map(({ path, problem }) => `${path}: ${problem}`).join("\n"));
  }
}

/** In reading order, each once. */
export function inReadingOrder(found: FoundFault[]): Fault[] {
  const faults = [...found]
    .sort((a, b) => comparePaths(a.at, b.at))
    .map(({ at, problem }) => ({ path: formatPath(at) || "configuration", problem }));
  const lines = faults.map(({ path, problem }) => `${path}: ${problem}`);
  return faults.filter((_, index) => lines.indexOf(lines[index] ?? "") === index);
}
