import { isMap, isSeq, parseDocument } from "yaml";
import { nearMiss } from "../../config/near-miss";
import { readStackFile, replaceFile } from "../host-keys/stack-file";
import { Refusal } from "../outcome";
import { parseStack, type Stack } from "../stack";
import { withValue } from "../yaml-text";
import { instanceOf } from "./instance";

export interface RotateResult {
  stack: string;
  file: string;
  /** Whose; undefined: of Harbor itself. */
  robot: string | undefined;
  /** What it is from the next `pulumi up` on. */
  rotation: number;
}

/** Raises a rotation by one in the stack's file: of Harbor's own secrets, or of a robot. */
export async function rotate(stack: Stack, robot?: string): Promise<RotateResult> {
  instanceOf(stack);
  const rotation = rotationIn(stack.settings.harbor, robot) + 1;
  const text = await readStackFile(stack.file);
  await replaceFile(stack.file, renderRotation(text, robot, rotation));
  return { stack: stack.name, file: stack.file, robot, rotation };
}

type Harbor = Stack["settings"]["harbor"];

function rotationIn(harbor: Harbor, robot: string | undefined): number {
  if (robot === undefined) return harbor.rotation;
  const found = harbor.robots.find(({ name }) => name === robot);
  if (found) return found.rotation;
  const names = harbor.robots.map(({ name }) => name);
  const near = nearMiss(robot, names);
  throw new Refusal(
    `harbor.robots has no ${robot}; ${near ? `did you mean ${near}?` : `there are: ${names.join(", ") || "none"}`}`,
  );
}

/** Sets the number. Pure: text to text. Throws when the file is written in a way that this can't edit. */
export function renderRotation(text: string, robot: string | undefined, rotation: number): string {
  const harbor = parseDocument(text).getIn(["config", "farmstack:harbor"]);
  const robots = isMap(harbor) ? harbor.get("robots") : undefined;
  const group =
    robot === undefined
      ? harbor
      : isSeq(robots)
        ? robots.items.find((item) => isMap(item) && item.get("name") === robot)
        : undefined;
  const after = robot === undefined ? "hostname" : "name";
  const edited = isMap(group) ? withValue(text, group, "rotation", String(rotation), after) : text;
  // Read again: only this number may be another.
  const byHand = `set it by hand in harbor${robot === undefined ? "" : `.robots, ${robot}`}: rotation: ${rotation}`;
  if (settingIn(edited, robot, byHand) !== rotation) throw new Error(byHand);
  return edited;
}

function settingIn(text: string, robot: string | undefined, byHand: string): number {
  try {
    return rotationIn(parseStack(text, "").harbor, robot);
  } catch {
    throw new Error(byHand);
  }
}

export function renderRotate({ stack, file, robot, rotation }: RotateResult): string {
  const output = (name: string) => `pulumi stack output ${name} --show-secrets --stack ${stack}`;
  return robot === undefined
    ? `${file}: rotation of harbor is ${rotation} now.
The next pulumi up --stack ${stack} gives admin, the database and the parts of Harbor new passwords, which starts Harbor again
(the key that encrypts stays). The password of admin then: ${output("harborAdminPassword")}`
    : `${file}: rotation of the robot ${robot} is ${rotation} now.
The next pulumi up --stack ${stack} gives it a new secret; the old one ends at once. The new one then: ${output("harborRobots")}`;
}
