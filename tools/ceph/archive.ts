import { createReadStream } from "node:fs";
import { createGunzip } from "node:zlib";

/**
 * Owner of the store in an archive, `UID:GID`, from the entry of the store's own directory. Reads the archive to its
 * end, so that a cut one is found. Throws when it is no archive of a directory.
 * https://www.gnu.org/software/tar/manual/html_node/Standard.html
 */
export async function archiveOwner(file: string): Promise<string> {
  let head = Buffer.alloc(0);
  for await (const chunk of createReadStream(file).pipe(createGunzip()) as AsyncIterable<Buffer>) {
    if (head.length < 512) head = Buffer.concat([head, chunk]);
  }
  const text = (start: number, length: number) =>
    head
      .subarray(start, start + length)
      .toString("latin1")
      .replace(/\0.*$/s, "")
      .trim();
  const isDirectory = text(156, 1) === "5" && text(257, 5) === "ustar";
  if (!isDirectory || !text(0, 100).startsWith("./"))
    throw new Error(`${file} is not an archive of a directory`);
  const [uid, gid] = [text(108, 8), text(116, 8)].map((octal) => parseInt(octal, 8));
  return `${uid}:${gid}`;
}
