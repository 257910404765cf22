import type Docker from "dockerode";

/** What a container wrote, both streams in order; empty when its log driver cannot be read. */
export async function containerLogs(container: Docker.Container, lastLines?: number): Promise<string> {
  const options = { stdout: true, stderr: true, follow: false as const, tail: lastLines };
  const frames = await container.logs(options).catch(() => Buffer.alloc(0));
  return withoutFrames(Buffer.from(frames));
}

/** Text of a log stream, in which eight bytes stand before each piece: which stream, and its length. */
export function withoutFrames(stream: Buffer): string {
  const pieces: Buffer[] = [];
  for (let at = 0; at + 8 <= stream.length;) {
    const end = at + 8 + stream.readUInt32BE(at + 4);
    pieces.push(stream.subarray(at + 8, end));
    at = end;
  }
  return Buffer.concat(pieces).toString("utf8");
}
