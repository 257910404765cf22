import { nearMiss } from "./near-miss";
import { keysAt, type Path } from "./outline";

/** Whether a key stands there under a name near its own, which is reported already. */
export function isMisspelled(key: string, group: Record<string, unknown>, at: Path): boolean {
  const known = keysAt(at);
  return Object.keys(group).some((other) => !known.includes(other) && nearMiss(other, known) === key);
}
