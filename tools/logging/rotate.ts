import { isMap, isScalar, parseDocument, type YAMLMap } from "yaml";
import { type User, users } from "../../components/logging/users";
import { nearMiss } from "../../config/near-miss";
import { readStackFile, replaceFile } from "../host-keys/stack-file";
import { Refusal } from "../outcome";
import { parseStack, type Stack } from "../stack";
import { withValue } from "../yaml-text";

export interface RotateResult {
  stack: string;
  user: User;
  file: string;
  /** Number of the password from the next `pulumi up` on. */
  rotation: number;
}

/** Raises the number of a user's password by one in the stack's file. The password changes at the next `pulumi up`. */
export async function rotate(stack: Stack, name: string): Promise<RotateResult> {
  const user = users.find((one) => one === name);
  if (!user) {
    const near = nearMiss(name, [...users]);
    throw new Refusal(
      `the log store has no user ${name}; ${near ? `did you mean ${near}?` : `there are: ${users.join(", ")}`}`,
    );
  }
  if (stack.settings.logging.hosts.length === 0)
    throw new Refusal("the stack has no log store: logging.hosts is empty");
  const rotation = stack.settings.logging.rotation[user] + 1;
  await replaceFile(stack.file, renderRotation(await readStackFile(stack.file), user, rotation));
  return { stack: stack.name, user, file: stack.file, rotation };
}

/** Sets the number of a user's password. Pure: text to text. Throws when the file is written in a way that this can't edit. */
export function renderRotation(text: string, user: User, rotation: number): string {
  const group = parseDocument(text).getIn(["config", "farmstack:logging"]);
  const numbers = isMap(group) ? group.get("rotation") : undefined;
  const edited = isMap(numbers)
    ? numbers.has(user)
      ? withValue(text, numbers, user, String(rotation), user)
      : inFront(text, numbers, `${user}: ${rotation}`)
    : isMap(group)
      ? inFront(text, group, `rotation: { ${user}: ${rotation} }`)
      : text;
  // Read again: only this number may be another.
  const byHand = `set it by hand in logging: rotation: { ${user}: ${rotation} }`;
  if (numberIn(edited, user, byHand) !== rotation) throw new Error(byHand);
  return edited;
}

/** A setting in front of the others of a group. */
function inFront(text: string, group: YAMLMap, setting: string): string {
  const key = group.items[0]?.key;
  const start = isScalar(key) ? key.range?.[0] : undefined;
  if (start === undefined) return text;
  const indent = " ".repeat(start - text.lastIndexOf("\n", start) - 1);
  return `${text.slice(0, start)}${setting}${group.flow ? ", " : `\n${indent}`}${text.slice(start)}`;
}

function numberIn(text: string, user: User, byHand: string): number {
  try {
    return parseStack(text, "").logging.rotation[user];
  } catch {
    throw new Error(byHand);
  }
}

const meanwhile: Record<User, string> = {
  elastic: "Nothing but the program itself logs in as elastic.",
  kibana_system: "Kibana starts again with it; its pages are away for a minute.",
  writer:
    "It is of a new user: shippers and receivers move to it one after the other, and the one before goes on until the next rotation. Two rotations end a password that leaked.",
  reader: "Who reads with the present one has to log in again.",
  keeper: "It is the hosts' own; a timer that runs in between may fail once.",
};

export const renderRotate = ({ stack, user, file, rotation }: RotateResult): string =>
  `${file}: rotation of ${user} is ${rotation} now.
The next pulumi up --stack ${stack} makes the password. ${meanwhile[user]}`;
