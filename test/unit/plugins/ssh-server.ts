import { spawn } from "node:child_process";
import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { type Connection as ServerSide, Server, type Session, type SFTPWrapper, utils } from "ssh2";

const { STATUS_CODE } = utils.sftp;

/** An SSH server on 127.0.0.1 that really runs commands, and remembers who tried to log in. */
export interface TestServer {
  port: number;
  /** Line as in authorized_keys. */
  hostKey: string;
  /** Login attempts, as `method user`. */
  logins: string[];
  /** Connections that are open now. */
  open: Set<ServerSide>;
  close(): Promise<void>;
}

/** One key in 500 that ssh2 makes is malformed (those of ssh-keygen are not): then another one is made. */
export function newKey(): ReturnType<typeof utils.generateKeyPairSync> {
  const key = utils.generateKeyPairSync("ed25519");
  return utils.parseKey(key.private) instanceof Error ? newKey() : key;
}

/** The user is "root", the password "correct"; of all variables, ALLOWED can be set. */
export function startServer(
  options: { port?: number; key?: ReturnType<typeof newKey> } = {},
): Promise<TestServer> {
  const key = options.key ?? newKey();
  const logins: string[] = [];
  const open = new Set<ServerSide>();
  const server = new Server({ hostKeys: [key.private] }, (client) => {
    open.add(client);
    client.on("close", () => open.delete(client));
    client.on("error", () => undefined);
    client.on("authentication", (context) => {
      logins.push(`${context.method} ${context.username}`);
      if (context.method === "password" && context.password === "correct") context.accept();
      else context.reject(["password"]);
    });
    client.on("session", (accept) => serveSession(accept()));
  });
  return new Promise((done) =>
    server.listen(options.port ?? 0, "127.0.0.1", () =>
      done({
        port: (server.address() as AddressInfo).port,
        hostKey: `${key.public.trim()} test`,
        logins,
        open,
        close: () => new Promise((closed) => server.close(() => closed())),
      }),
    ),
  );
}

/** A port on which nothing listens. */
export function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((done) =>
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => done(port));
    }),
  );
}

function serveSession(session: Session): void {
  const env: NodeJS.ProcessEnv = { PATH: process.env.PATH };
  session.on("env", (accept, reject, { key, val }: { key: string; val: string }) => {
    if (key !== "ALLOWED") return reject?.();
    env[key] = val;
    accept?.();
  });
  session.on("exec", (accept, _reject, { command }) => {
    const channel = accept();
    const shell = spawn("/bin/sh", ["-c", command], { env });
    channel.pipe(shell.stdin);
    shell.stdin.on("error", () => undefined);
    shell.stdout.pipe(channel, { end: false });
    shell.stderr.pipe(channel.stderr, { end: false });
    shell.on("close", (code) => {
      channel.exit(code ?? 255);
      channel.end();
    });
  });
  session.on("sftp", (accept) => serveFiles(accept()));
}

/** As much of SFTP as copying one file takes, on this machine's own files. */
function serveFiles(sftp: SFTPWrapper): void {
  const status = (request: number, work: () => void) => {
    try {
      work();
      sftp.status(request, STATUS_CODE.OK);
    } catch (error) {
      const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
      sftp.status(request, missing ? STATUS_CODE.NO_SUCH_FILE : STATUS_CODE.FAILURE);
    }
  };
  const opened: string[] = [];
  sftp.on("STAT", (request, path) => {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (!stats) return sftp.status(request, STATUS_CODE.NO_SUCH_FILE);
    const { mode, uid, gid, size } = stats;
    sftp.attrs(request, { mode, uid, gid, size, atime: 0, mtime: 0 });
  });
  sftp.on("MKDIR", (request, path) => status(request, () => mkdirSync(path)));
  sftp.on("OPEN", (request, path) => {
    opened.push(path);
    writeFileSync(path, "");
    sftp.handle(request, Buffer.from([opened.length - 1]));
  });
  sftp.on("WRITE", (request, handle, offset, data) =>
    status(request, () => {
      if (offset !== 0) throw new Error("only small files in tests");
      writeFileSync(opened[handle[0]!]!, data);
    }),
  );
  sftp.on("CLOSE", (request) => status(request, () => undefined));
}
