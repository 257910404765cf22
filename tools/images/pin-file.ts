import { isDeepStrictEqual } from "node:util";
import {
  isCollection,
  isMap,
  isScalar,
  type Node,
  type Pair,
  parseDocument,
  stringify,
  type YAMLMap,
} from "yaml";

type Digests = Record<string, string>;
type Entry = Pair<Node, Node | null>;

const key = "farmstack:images";

/**
 * Sets `images.digests` in the text of a stack's file. Pure: text to text. Every other line stays as it was written, and so
 * do the lines of digests that stay, with the comments at and above them. Throws when the file is written in a way that
 * this can't edit.
 */
export function renderDigests(text: string, digests: Digests): string {
  const edited = edit(text, digests);
  // Read again: only the digests may be others.
  if (!isDeepStrictEqual(settingsOf(edited), settingsOf(text, digests)))
    throw new Error(`set images.digests by hand:\n${stringify({ digests }, { lineWidth: 0 })}`);
  return edited;
}

/** All that a file says, with these digests in the place of its own when they are given. */
function settingsOf(text: string, digests?: Digests): unknown {
  const document = parseDocument(text);
  if (document.errors.length > 0) return undefined;
  const settings = document.toJS() as { config?: Record<string, object | null> };
  if (!digests) return settings;
  const images = { ...settings.config?.[key], digests: { ...digests } };
  return { ...settings, config: { ...settings.config, [key]: images } };
}

function edit(text: string, digests: Digests): string {
  const document = parseDocument(text);
  const images = document.getIn(["config", key], true);
  if (!isMap(images)) {
    const config = document.get("config", true);
    if (!isMap(config) || config.flow || images !== undefined) return text;
    const indent = indentOf(text, config);
    return afterLine(text, endOf(config), [`${indent}${key}:`, ...block(digests, `${indent}  `)]);
  }
  const present = images.items.find((pair) => isScalar(pair.key) && pair.key.value === "digests") as
    Entry | undefined;
  if (images.flow) return inFlow(text, images, present, digests);
  const indent = indentOf(text, images);
  if (!present) return afterLine(text, endOf(images), block(digests, indent));
  return replaced(text, present, digests, indent);
}

/** The group as lines. */
function block(digests: Digests, indent: string): string[] {
  const lines = linesOf(digests, `${indent}  `);
  return lines.length === 0
    ? [`${indent}digests: {}`]
    : [`${indent}digests: # written by npm run images:pin`, ...lines];
}

const linesOf = (digests: Digests, indent: string): string[] =>
  Object.entries(digests).map(([reference, digest]) => `${indent}${reference}: ${digest}`);

function inFlow(text: string, images: YAMLMap, present: Entry | undefined, digests: Digests): string {
  const inside = Object.entries(digests).map(
    ([reference, digest]) => `${JSON.stringify(reference)}: ${digest}`,
  );
  const value = inside.length === 0 ? "{}" : `{ ${inside.join(", ")} }`;
  if (present) {
    const [start, end] = rangeOf(present.value);
    return text.slice(0, start) + value + text.slice(end);
  }
  const [start, end] = rangeOf(images);
  const before = text.slice(start, end - 1).trimEnd();
  return `${text.slice(0, start)}${before}${before === "{" ? " " : ", "}digests: ${value} ${text.slice(end - 1)}`;
}

/** The group that is there with other digests; what stands behind its key, such as a comment, stays. */
function replaced(text: string, present: Entry, digests: Digests, indent: string): string {
  const keyEnd = rangeOf(present.key)[1] + 1; // with the colon
  const value = present.value;
  const entries = isMap(value) && !value.flow ? value.items : undefined;
  if (!entries) {
    const valueEnd = value && rangeOf(value)[1] > keyEnd ? rangeOf(value)[1] : keyEnd;
    if (Object.keys(digests).length === 0) return `${text.slice(0, keyEnd)} {}${text.slice(valueEnd)}`;
    return afterLine(text.slice(0, keyEnd) + text.slice(valueEnd), keyEnd, linesOf(digests, `${indent}  `));
  }
  const first = lineEnd(text, keyEnd);
  const last = lineEnd(text, endOf(value as YAMLMap));
  const kept = keptLines(text, entries as Entry[], first, digests);
  const added = Object.fromEntries(Object.entries(digests).filter(([reference]) => !kept.has(reference)));
  const lines = [...[...kept.values()].flat(), ...linesOf(added, indentOf(text, value as YAMLMap))];
  const behind = text.slice(last);
  if (lines.length === 0) return `${text.slice(0, keyEnd)} {}${text.slice(keyEnd, first)}${behind}`;
  return `${text.slice(0, first)}\n${lines.join("\n")}${behind}`;
}

/** The lines of entries that stay, by reference, each with the comments above it; another digest takes the place of the one before. */
function keptLines(text: string, entries: Entry[], from: number, digests: Digests): Map<string, string[]> {
  const kept = new Map<string, string[]>();
  let start = from + 1;
  for (const { key, value } of entries) {
    const reference = isScalar(key) ? String(key.value) : "";
    const [valueStart, valueEnd] = rangeOf(value);
    const end = lineEnd(text, valueEnd);
    const digest = digests[reference];
    if (digest !== undefined)
      kept.set(reference, [text.slice(start, valueStart) + digest + text.slice(valueEnd, end)]);
    start = end + 1;
  }
  return kept;
}

const rangeOf = (node: Node | null): [number, number, number] => node?.range ?? [0, 0, 0];

/** Where the last thing in a node ends, before any comment. */
function endOf(node: Node): number {
  if (!isCollection(node) || node.flow) return rangeOf(node)[1];
  const last = node.items.at(-1);
  if (!isMap(node)) return last ? endOf(last as Node) : rangeOf(node)[1];
  const { key, value } = last as Entry;
  return value && rangeOf(value)[1] > rangeOf(key)[1] ? endOf(value) : rangeOf(key)[1];
}

/** Spaces in front of a group's keys. */
function indentOf(text: string, group: YAMLMap): string {
  const start = rangeOf((group.items[0] as Entry).key)[0];
  return " ".repeat(start - text.lastIndexOf("\n", start - 1) - 1);
}

function lineEnd(text: string, position: number): number {
  const end = text.indexOf("\n", position);
  return end < 0 ? text.length : end;
}

function afterLine(text: string, position: number, lines: string[]): string {
  const end = lineEnd(text, position);
  return `${text.slice(0, end)}\n${lines.join("\n")}${text.slice(end)}`;
}
