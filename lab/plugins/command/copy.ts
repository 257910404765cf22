import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename, posix } from "node:path";
import { type Client, type SFTPWrapper } from "ssh2";
import { type Context, type Fault, type Properties, type ResourceType, unknown } from "../resource-type";
import { withConnection } from "./connect";
import { checkConnection } from "./connection-inputs";

/** An asset as it comes over the provider protocol: either its text or a path on this machine. */
interface Asset {
  hash: string;
  text?: string;
  path?: string;
}

const signature = "4dabf18193072939515e22adb298388d";
const assetSignature = "c44067f5952c0a294b673a41bacd8c17";

/** command:remote:CopyToRemote, for a StringAsset or a FileAsset. */
export const copyToRemote: ResourceType = {
  inputs: { connection: "update", source: "update", remotePath: "update", triggers: "replace" },
  required: ["connection", "source", "remotePath"],
  check: (inputs) => [...checkConnection(inputs), ...checkSource(inputs.source)],
  async create(inputs, context) {
    await copy(inputs, context);
    return { id: randomBytes(4).toString("hex"), outputs: inputs };
  },
  async update(_id, state, inputs, context) {
    // As the official one: another key or address of the host is no reason to copy again.
    const moved = inputs.source.hash !== state.source?.hash || inputs.remotePath !== state.remotePath;
    if (moved) await copy(inputs, context);
    return inputs;
  },
};

function checkSource(source: unknown): Fault[] {
  if (source === undefined || source === unknown) return [];
  const asset = source as Properties;
  if (asset[signature] === assetSignature && (asset.text !== undefined || asset.path)) return [];
  return [
    { property: "source", reason: "the lab's stand-in for command copies a StringAsset or a FileAsset" },
  ];
}

async function copy(inputs: Properties, context: Context): Promise<void> {
  const asset: Asset = inputs.source;
  const content = asset.path ? await readFile(asset.path) : Buffer.from(asset.text ?? "");
  await withConnection(inputs.connection, context, async (client) => {
    try {
      const sftp = await openSftp(client);
      const target = await targetPath(sftp, inputs.remotePath, asset.path);
      await promised((done) => sftp.writeFile(target, content, {}, done));
    } catch (error) {
      throw new Error(
        `${inputs.connection.host}: cannot copy to ${inputs.remotePath}: ${(error as Error).message}`,
      );
    }
  });
}

const openSftp = (client: Client) =>
  new Promise<SFTPWrapper>((done, failed) =>
    client.sftp((error, sftp) => (error ? failed(error) : done(sftp))),
  );

/** The file to write: a file that is copied onto a directory goes into it; missing directories are made. */
async function targetPath(
  sftp: SFTPWrapper,
  remotePath: string,
  source: string | undefined,
): Promise<string> {
  if (!(await isDirectory(sftp, remotePath))) {
    await makeDirectory(sftp, posix.dirname(remotePath));
    return remotePath;
  }
  if (!source) throw new Error("it is a directory; a text needs the path of a file");
  return posix.join(remotePath, basename(source));
}

async function makeDirectory(sftp: SFTPWrapper, path: string): Promise<void> {
  if (await isDirectory(sftp, path)) return;
  await makeDirectory(sftp, posix.dirname(path));
  await promised((done) => sftp.mkdir(path, done));
}

const isDirectory = (sftp: SFTPWrapper, path: string) =>
  new Promise<boolean>((done) => sftp.stat(path, (error, stats) => done(!error && stats.isDirectory())));

const promised = (start: (done: (error?: Error | null) => void) => void) =>
  new Promise<void>((done, failed) => start((error) => (error ? failed(error) : done())));
