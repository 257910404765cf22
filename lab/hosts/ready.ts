import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { type Container } from "dockerode";
import { assertLabRoute } from "./route";

const patience = 90; // seconds that a host may take to boot

/** Waits until the host's systemd has finished its boot and sshd answers. Throws with what the host says otherwise. */
export async function waitForHost(
  host: { name: string; address: string },
  container: Container,
  note: (text: string) => void,
): Promise<void> {
  await assertLabRoute(host.address);
  const until = Date.now() + patience * 1000;
  let state = "";
  let banner = "";
  for (;;) {
    [state, banner] = await Promise.all([
      /^(running|degraded)$/.test(state) ? state : inside(container, ["systemctl", "is-system-running"]),
      banner || sshBanner(host.address),
    ]);
    const booted = /^(running|degraded)$/.test(state);
    if (booted && banner) break;
    if (Date.now() > until) {
      throw new Error(
        `${host.name} doesn't come up after ${patience} s (systemd: ${state || "no answer"}, sshd: ${banner || "no answer"}): docker exec farmstack-lab-${host.name} journalctl -b`,
      );
    }
    await sleep(200);
  }
  if (state === "degraded") {
    const failed = await inside(container, ["systemctl", "--failed", "--plain", "--no-legend"]);
    note(`${host.name} is up, but not all of its services: ${failed}`);
  }
}

/** What sshd says first, such as `SSH-2.0-OpenSSH_9.2p1`; empty when it doesn't answer. */
export function sshBanner(address: string): Promise<string> {
  return new Promise((done) => {
    const socket = connect({ host: address, port: 22, timeout: 2000 });
    const end = (text: string) => {
      socket.destroy();
      done(text);
    };
    socket.once("data", (data) => end(/^SSH-\S+/.exec(data.toString("latin1"))?.[0] ?? ""));
    socket
      .once("timeout", () => end(""))
      .once("error", () => end(""))
      .once("close", () => end(""));
  });
}

/** Runs a program in the container; gives what it printed, whatever its exit code. */
async function inside(container: Container, command: string[]): Promise<string> {
  const exec = await container.exec({ Cmd: command, AttachStdout: true, Tty: true });
  const stream = await exec.start({ Tty: true });
  let text = "";
  stream.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
  await new Promise((done) => stream.once("end", done).once("error", done));
  return text.trim();
}
