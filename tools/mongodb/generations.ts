import { isMap, isSeq, parseDocument } from "yaml";
import { readStackFile, replaceFile } from "../host-keys/stack-file";
import { Refusal } from "../outcome";
import { parseStack, type Stack } from "../stack";
import { withValue } from "../yaml-text";
import { databaseOf } from "./databases";

type Setting = "rotation" | "retired";

export interface GenerationResult {
  stack: string;
  database: string;
  file: string;
  setting: Setting;
  /** What it is from the next `pulumi up` on. */
  value: number;
}

/** Raises the rotation of a database by one in the stack's file. The users are made at the next `pulumi up`. */
export const rotate = (stack: Stack, name: string): Promise<GenerationResult> =>
  write(stack, name, "rotation", databaseOf(stack, name).rotation + 1);

/** Retires all generations before the present one in the stack's file. Throws a Refusal when there is none. */
export async function retire(stack: Stack, name: string): Promise<GenerationResult> {
  const { rotation, retired = -1 } = databaseOf(stack, name);
  if (retired >= rotation - 1)
    throw new Refusal(`${name} has no users but those of generation ${rotation}; nothing was changed`);
  return write(stack, name, "retired", rotation - 1);
}

async function write(
  stack: Stack,
  database: string,
  setting: Setting,
  value: number,
): Promise<GenerationResult> {
  await replaceFile(stack.file, renderSetting(await readStackFile(stack.file), database, setting, value));
  return { stack: stack.name, database, file: stack.file, setting, value };
}

/** Sets a number of a database. Pure: text to text. Throws when the file is written in a way that this can't edit. */
export function renderSetting(text: string, database: string, setting: Setting, value: number): string {
  const list = parseDocument(text).getIn(["config", "farmstack:databases"]);
  const groups = isSeq(list) ? list.items.filter((item) => isMap(item)) : [];
  const group = groups.find((item) => item.get("name") === database);
  const edited = group ? withValue(text, group, setting, String(value), "name") : text;
  // Read again: only this number may be another.
  const byHand = `set it by hand in databases, ${database}: ${setting}: ${value}`;
  if (settingIn(edited, database, setting, byHand) !== value) throw new Error(byHand);
  return edited;
}

function settingIn(text: string, database: string, setting: Setting, byHand: string): number | undefined {
  try {
    return parseStack(text, "").databases.find(({ name }) => name === database)?.[setting];
  } catch {
    throw new Error(byHand);
  }
}

export function renderGeneration({ stack, database, file, setting, value }: GenerationResult): string {
  const next = `pulumi up --stack ${stack}`;
  return setting === "rotation"
    ? `${file}: rotation of ${database} is ${value} now.
The next ${next} makes new users beside the present ones, and gives applications the Secret ${database}-client-${value}.
When all have moved: npm run mongodb -- --stack ${stack} retire ${database}`
    : `${file}: users of ${database} up to generation ${value} are retired.
The next ${next} ends them: who still has one of their passwords is out.`;
}
