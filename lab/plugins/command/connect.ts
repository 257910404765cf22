import { setTimeout as sleep } from "node:timers/promises";
import { Client, type ConnectConfig } from "ssh2";
import { logStatus } from "../provider/engine-log";
import { type Context } from "../resource-type";
import { type Connection } from "./connection-inputs";
import { deadline } from "./deadline";
import { fingerprint, hostKeyAlgorithms, keyType, parseHostKey } from "./host-key";

/** An error that another attempt would meet again. */
class Refused extends Error {}

/**
 * Connects, does the work, and closes the connection. Attempts that fail are repeated, with growing pauses, up to
 * the connection's dialErrorLimit or the operation's timeout; a host with another key than expected is refused at once.
 */
export async function withConnection<T>(
  connection: Connection,
  context: Context,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const { signal, reason } = deadline(context);
  const client = await dial(connection, context.urn, signal, reason);
  const lost = new Promise<never>((_, failed) => {
    const fail = (why: string) => () => failed(new Error(`${connection.host}: ${why}`));
    client.on("error", (error) => fail(`the connection broke: ${error.message}`)());
    client.on("close", fail("the connection was closed before the end"));
    signal.addEventListener("abort", () => fail(reason())());
    if (signal.aborted) fail(reason())();
  });
  try {
    return await Promise.race([work(client), lost]);
  } finally {
    client.end();
  }
}

async function dial(
  connection: Connection,
  urn: string,
  signal: AbortSignal,
  reason: () => string,
): Promise<Client> {
  const limit = connection.dialErrorLimit ?? 10;
  const { host, user = "root", port = 22 } = connection;
  const giveUp = (why: string, error: unknown) =>
    new Error(
      `${host}: no SSH connection ${why}: ${(error as Error).message}. Try: ssh -p ${port} ${user}@${host}`,
    );
  for (let failed = 1, pause = 100; ; failed++, pause = Math.min(pause * 1.5, 5000)) {
    try {
      return await dialOnce(connection, signal);
    } catch (error) {
      if (error instanceof Refused) throw error;
      if (limit >= 0 && failed > limit) throw giveUp(`after ${failed} attempts`, error);
      logStatus(urn, `Dial ${failed}/${limit < 0 ? "inf" : limit} failed: retrying`);
      await sleep(pause, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) throw giveUp(`after ${failed} attempts (${reason()})`, error);
    }
  }
}

function dialOnce(connection: Connection, signal: AbortSignal): Promise<Client> {
  return new Promise((done, failed) => {
    const client = new Client();
    let refusal: Refused | undefined;
    const fail = (error: Error) => {
      failed(refusal ?? error);
      client.destroy();
    };
    const stop = () => fail(new Error("stopped"));
    signal.addEventListener("abort", stop, { once: true });
    client.on("error", fail);
    client.on("close", () => fail(new Error("the server closed the connection")));
    client.on("connect", () => client.setNoDelay(true)); // otherwise a connection takes three times as long
    client.on("ready", () => {
      signal.removeEventListener("abort", stop);
      client.removeAllListeners("error").removeAllListeners("close");
      client.on("error", () => undefined); // never without a listener: it would end the process
      done(client);
    });
    client.on("keyboard-interactive", (_name, _instructions, _language, prompts, finish) =>
      finish(prompts.map(() => connection.password ?? "")),
    );
    try {
      client.connect(clientConfig(connection, (reason) => (refusal = new Refused(reason))));
    } catch (error) {
      failed(new Refused(`${connection.host}: ${(error as Error).message}`)); // such as a private key that is none
    }
  });
}

function clientConfig(connection: Connection, refuse: (reason: string) => void): ConnectConfig {
  const { host, user = "root", port = 22, password, privateKey, perDialTimeout = 15 } = connection;
  const expected = parseHostKey(connection.hostKey);
  if (!expected) throw new Error("connection.hostKey is no public key");
  const agent = connection.agentSocketPath ?? process.env.SSH_AUTH_SOCK;
  return {
    host,
    port,
    username: user,
    password,
    privateKey,
    passphrase: connection.privateKeyPassword,
    agent,
    tryKeyboard: password !== undefined,
    authHandler: [
      ...(privateKey ? (["publickey"] as const) : []),
      ...(password ? (["password", "keyboard-interactive"] as const) : []),
      ...(agent ? (["agent"] as const) : []),
    ],
    readyTimeout: perDialTimeout * 1000,
    algorithms: { serverHostKey: hostKeyAlgorithms(expected.type) },
    // Called before authentication: a host that is refused here learns nothing, not even the user's name.
    hostVerifier: (offered: Buffer) => {
      if (offered.equals(expected.blob)) return true;
      refuse(
        `${host}: the host key is not the configured one, nothing was sent. ` +
          `Expected ${expected.type} ${fingerprint(expected.blob)}, ` +
          `the host shows ${keyType(offered)} ${fingerprint(offered)}. ` +
          `If the host was rebuilt, look at its key: ssh-keyscan -p ${port} ${host}`,
      );
      return false;
    },
  };
}
