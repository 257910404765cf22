import { isMap, isSeq, parseDocument } from "yaml";
import { nearMiss } from "../../config/near-miss";
import { readStackFile, replaceFile } from "../host-keys/stack-file";
import { withValue } from "../yaml-text";
import { Refusal } from "../outcome";
import { parseStack, type Stack } from "../stack";

export interface RotateResult {
  client: string;
  file: string;
  /** Number of the key from the next `pulumi up` on. */
  rotation: number;
}

/** Raises the number of a client's key by one in the stack's file. The key itself changes at the next `pulumi up`. */
export async function rotate(stack: Stack, client: string): Promise<RotateResult> {
  const declared = rotationOf(stack, client);
  const rotation = declared + 1;
  await replaceFile(stack.file, renderRotation(await readStackFile(stack.file), client, rotation));
  return { client, file: stack.file, rotation };
}

function rotationOf({ settings }: Stack, client: string): number {
  const found = settings.ceph.clients.find(({ name }) => name === client);
  if (found) return found.rotation;
  const names = settings.ceph.clients.map(({ name }) => name);
  const near = nearMiss(client, names);
  throw new Refusal(
    `ceph.clients has no ${client}; ${near ? `did you mean ${near}?` : `there are: ${names.join(", ") || "none"}`}`,
  );
}

/** Sets the number of a client's key. Pure: text to text. Throws when the file is written in a way that this can't edit. */
export function renderRotation(text: string, client: string, rotation: number): string {
  const list = parseDocument(text).getIn(["config", "farmstack:ceph", "clients"]);
  const groups = isSeq(list) ? list.items.filter((item) => isMap(item)) : [];
  const group = groups.find((item) => item.get("name") === client);
  const edited = group ? withValue(text, group, "rotation", String(rotation), "name") : text;
  // Read again: only this number may be another.
  const byHand = `set it by hand in ceph.clients, ${client}: rotation: ${rotation}`;
  const after = readClients(edited, byHand).find(({ name }) => name === client);
  if (after?.rotation !== rotation) throw new Error(byHand);
  return edited;
}

function readClients(text: string, byHand: string) {
  try {
    return parseStack(text, "").ceph.clients;
  } catch {
    throw new Error(byHand);
  }
}

export function renderRotate({ client, file, rotation }: RotateResult, stack: string): string {
  return `${file}: rotation of ${client} is ${rotation} now.
The next pulumi up --stack ${stack} makes a new key for client.${client} and gives it to the cluster, in place of the old one. Who has
a session keeps it for a while; nobody can begin one with the old key any more. So hand out the new keyring right after
it: pulumi stack output cephClientKeyrings --show-secrets --stack ${stack}`;
}
