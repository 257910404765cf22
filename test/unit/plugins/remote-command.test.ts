import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { copyToRemote } from "../../../lab/plugins/command/copy";
import { remoteCommand } from "../../../lab/plugins/command/remote";
import { context } from "./context";
import { freePort, newKey, startServer, type TestServer } from "./ssh-server";

let server: TestServer;
beforeEach(async () => {
  delete process.env.SSH_AUTH_SOCK; // the keys of whoever runs the tests are no part of them
  server = await startServer();
});
afterEach(() => server.close());

const connection = (changes = {}) => ({
  host: "127.0.0.1",
  port: server.port,
  hostKey: server.hostKey,
  password: "correct",
  ...changes,
});
const create = (inputs: object, changes = {}) =>
  remoteCommand.create({ connection: connection(), ...inputs }, context(changes));

test("gives what the command printed, and closes the connection", async () => {
  const { id, outputs } = await create({ create: "echo out; echo; echo err >&2" });
  expect(id).toMatch(/^thing[0-9a-f]{8}$/);
  expect(outputs).toMatchObject({ stdout: "out\n", stderr: "err" });
  await expect.poll(() => server.open.size).toBe(0);
});

test("passes stdin", async () => {
  const secret = "s3cret".repeat(50_000);
  const { outputs } = await create({ create: "wc -c", stdin: secret });
  expect(outputs.stdout.trim()).toBe(String(secret.length));
});

test("refuses a host with another key before any login, at once", async () => {
  const other = newKey().public;
  const attempt = create({ create: "true", connection: connection({ hostKey: other }) });
  await expect(attempt).rejects.toThrow(
    /^127\.0\.0\.1: the host key is not the configured one, nothing was sent\. Expected ssh-ed25519 SHA256:\S{43}, the host shows ssh-ed25519 SHA256:\S{43}\. .*ssh-keyscan -p \d+ 127\.0\.0\.1$/,
  );
  expect(server.logins).toEqual([]);
});

test("refuses a host with a key of another type, with both fingerprints", async () => {
  const hostKey = "ecdsa-sha2-nistp256 " + ecdsa;
  const attempt = create({ create: "true", connection: connection({ hostKey }) });
  await expect(attempt).rejects.toThrow(/Expected ecdsa-sha2-nistp256 SHA256:.*shows ssh-ed25519 SHA256:/);
  expect(server.logins).toEqual([]);
});
const ecdsa =
  "AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBEmKSENjQEezOmxkZMy7opKgwFB9nkt5YRrYMjNuG5N87uRgg6CLrbo5wAdT/y6v0mKV0U2w0WZ2YB/++Tpockg=";

test("a failing command shows its status and output, but neither connection nor stdin", async () => {
  const attempt = create({ create: "echo seen; exit 7", stdin: "hidden-input" });
  const error: Error = await attempt.then(
    () => expect.fail("it should fail"),
    (reason) => reason,
  );
  expect(error.message).toBe('127.0.0.1: Process exited with status 7: running "echo seen; exit 7":\nseen\n');
});

test("tries again while nothing listens", async () => {
  const port = await freePort();
  const key = newKey();
  const attempt = create({ create: "echo late", connection: connection({ port, hostKey: key.public }) });
  await sleep(300);
  const late = await startServer({ port, key });
  expect((await attempt).outputs).toMatchObject({ stdout: "late" });
  await late.close();
});

test("gives up after the limit, and says what to type", async () => {
  const port = await freePort();
  const attempt = create({ create: "true", connection: connection({ port, dialErrorLimit: 1 }) });
  await expect(attempt).rejects.toThrow(
    `127.0.0.1: no SSH connection after 2 attempts: connect ECONNREFUSED 127.0.0.1:${port}. Try: ssh -p ${port} root@127.0.0.1`,
  );
});

test("without a limit it tries until the time is over", async () => {
  const port = await freePort();
  const attempt = create(
    { create: "true", connection: connection({ port, dialErrorLimit: -1 }) },
    { timeout: 500 },
  );
  await expect(attempt).rejects.toThrow("not done within 0.5 s");
});

test("a wrong password is told without it", async () => {
  const attempt = create({
    create: "true",
    connection: connection({ password: "wr0ng", dialErrorLimit: 0 }),
  });
  const error: Error = await attempt.catch((reason) => reason);
  expect(error.message).toContain("All configured authentication methods failed");
  expect(error.message).not.toContain("wr0ng");
});

test("a private key that is none is told at once, without it", async () => {
  const error: Error = await create({
    create: "true",
    connection: connection({ privateKey: "n0key" }),
  }).catch((reason) => reason);
  expect(error.message).toMatch(/^127\.0\.0\.1: Cannot parse privateKey/);
  expect(error.message).not.toContain("n0key");
});

test("a command that takes too long is left", async () => {
  await expect(create({ create: "sleep 5" }, { timeout: 400 })).rejects.toThrow(
    "127.0.0.1: not done within 0.4 s",
  );
});

test("environment: taken, or refused by name before the command runs", async () => {
  const { outputs } = await create({ create: "echo $ALLOWED", environment: { ALLOWED: "yes" } });
  expect(outputs.stdout).toBe("yes");
  await expect(create({ create: "true", environment: { OTHER: "value" } })).rejects.toThrow(
    /does not take the environment variable OTHER.*AcceptEnv OTHER/,
  );
});

test("an update runs `update`, or else `create`; a delete runs `delete` or nothing", async () => {
  const state = { connection: connection(), stdout: "before", stderr: "" };
  const update = (inputs: object) =>
    remoteCommand.update!("id", state, { connection: connection(), ...inputs }, context());
  expect(await update({ create: "echo c", update: "echo u" })).toMatchObject({ stdout: "u" });
  expect(await update({ create: "echo c" })).toMatchObject({ stdout: "c" });
  expect(await update({ delete: "exit 1" })).toMatchObject({ stdout: "before" });
  await remoteCommand.delete!("id", state, context());
  await expect(remoteCommand.delete!("id", { ...state, delete: "exit 9" }, context())).rejects.toThrow(
    "status 9",
  );
});

test("names what is wrong with a connection, not its values", () => {
  const faults = remoteCommand.check!({ connection: { hots: "h0st", hostKey: "n0key", password: "p4ss" } });
  expect(faults.map(({ property }) => property)).toEqual([
    "connection.hots",
    "connection.host",
    "connection.hostKey",
  ]);
  expect(JSON.stringify(faults)).not.toMatch(/h0st|n0key|p4ss/);
});

test("copies a text, making directories, and again only when it changed", async () => {
  const remotePath = join(mkdtempSync(join(tmpdir(), "copy-")), "some/where.txt");
  const source = { hash: "1", text: "content" };
  const inputs = { connection: connection(), source, remotePath };
  await copyToRemote.create(inputs, context());
  expect(readFileSync(remotePath, "utf8")).toBe("content");
  const logins = server.logins.length;
  await copyToRemote.update!(
    "id",
    inputs,
    { ...inputs, connection: connection({ user: "other" }) },
    context(),
  );
  expect(server.logins).toHaveLength(logins);
  await copyToRemote.update!("id", inputs, { ...inputs, source: { hash: "2", text: "new" } }, context());
  expect(readFileSync(remotePath, "utf8")).toBe("new");
});

test("copies a file into a directory under its own name", async () => {
  const directory = mkdtempSync(join(tmpdir(), "copy-"));
  const source = { hash: "1", path: __filename };
  await copyToRemote.create({ connection: connection(), source, remotePath: directory }, context());
  expect(readFileSync(join(directory, "remote-command.test.ts"))).toEqual(readFileSync(__filename));
});
