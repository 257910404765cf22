import { type Component, type Section } from "./model";

/** What the sources of a component leave unsaid, each with its file and its name. */
export function faultsOf({ name, file, about, args, outputs, methods, types }: Component): string[] {
  return [
    ...(about ? [] : [`${file}: ${name} has no doc comment`]),
    ...[args, ...types].flatMap(faultsOfSection),
    ...[...outputs, ...methods]
      .filter((one) => !one.about)
      .map((one) => `${file}: ${name}.${one.name} has no doc comment`),
  ];
}

function faultsOfSection({ title, file, fields, partial }: Section): string[] {
  return fields.flatMap(({ name, about, required, default: its }) => [
    ...(about ? [] : [`${file}: ${title}.${name} has no doc comment`]),
    ...((required && !partial) || its
      ? []
      : [`${file}: ${title}.${name} may be left out and has no @default`]),
  ]);
}
