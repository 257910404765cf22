import { type Properties } from "../resource-type";

const mark = "4dabf18193072939515e22adb298388d";
const secretMark = "1b47061264138c4ac30d75fd1eb44270";

/** A value in the envelope by which the protocol says that it is secret. */
export const asSecret = (value: unknown): Properties => ({ [mark]: secretMark, value });

/** The value without such an envelope. */
export function withoutSecret(value: unknown): unknown {
  const envelope = value as Properties | null | undefined;
  return envelope?.[mark] === secretMark ? envelope?.value : value;
}
