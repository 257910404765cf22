import { isScalar, type YAMLMap } from "yaml";

/**
 * Sets a value of a group in the text that the group was read from, so that every other line, comments included, stays
 * as it was written. A key that isn't there yet comes after the key `after`. Pure: text to text; whoever calls it has
 * to read the result, as a file may be written in a way that this can't edit.
 */
export function withValue(text: string, group: YAMLMap, key: string, value: string, after: string): string {
  const present = (group.get(key, true) as { range?: [number, number, number] } | undefined)?.range;
  if (present) {
    const [start, end] = present;
    const space = text[start - 1] === ":" ? " " : "";
    return text.slice(0, start) + space + value + text.slice(end);
  }
  const before = group.items.find((pair) => isScalar(pair.key) && pair.key.value === after);
  const keyStart = isScalar(before?.key) ? (before.key.range?.[0] ?? 0) : 0;
  const valueEnd = isScalar(before?.value) ? (before.value.range?.[1] ?? 0) : 0;
  if (group.flow) return `${text.slice(0, valueEnd)}, ${key}: ${value}${text.slice(valueEnd)}`;
  const indent = " ".repeat(keyStart - text.lastIndexOf("\n", keyStart) - 1);
  const lineEnd = text.indexOf("\n", valueEnd);
  const at = lineEnd < 0 ? text.length : lineEnd;
  return `${text.slice(0, at)}\n${indent}${key}: ${value}${text.slice(at)}`;
}
