import Dockerode from "dockerode";
import { step } from "../progress";
import { daemonSocket, hasOwnDaemon, removeDaemonData, startDaemon, stopDaemon } from "./daemon";
import { installPackages, requireDebianRoot } from "./install";
import { restoreMachine } from "./machine";

/** A Docker engine on this machine. */
export interface Engine {
  /** Path of its Unix socket. */
  socket: string;
  /** It was started for the lab, and ends with it. */
  own: boolean;
  client: Dockerode;
}

/**
 * The engine that the lab runs on: the lab's own when there is one, else the one that runs on this machine
 * (DOCKER_HOST or the default socket), else a new one of the lab's own.
 * Throws one sentence that says what to install where none of these is possible.
 */
export async function ensureDocker(): Promise<Engine> {
  const running = await findDocker();
  if (running) return running;
  if (!hasOwnDaemon()) {
    requireDebianRoot(
      "no Docker engine answers: install and start Docker, or run this as root on Debian, which installs it",
    );
    await installPackages({ dockerd: "docker.io", iptables: "iptables" });
    const started = await findDocker(); // by the package itself, where services start on installation
    if (started) return started;
  }
  await step("Docker engine of the lab: start", () => startDaemon());
  return engineAt(daemonSocket, true);
}

/** The engine that `ensureDocker` would use if it answers now; starts and installs nothing. */
export async function findDocker(): Promise<Engine | undefined> {
  if (hasOwnDaemon()) return answering(engineAt(daemonSocket, true));
  return answering(engineAt(usersSocket(), false));
}

/**
 * Ends the lab's own engine, with everything that it left on the machine: processes, mounts, firewall rules, system
 * settings. An engine that was here before the lab is not touched.
 */
export async function stopDocker({ keepImages }: { keepImages: boolean }): Promise<void> {
  if (!hasOwnDaemon()) return;
  await step("Docker engine of the lab: stop", async () => {
    await stopDaemon();
    await restoreMachine();
    if (!keepImages) await removeDaemonData();
  });
}

function engineAt(socket: string, own: boolean): Engine {
  return { socket, own, client: new Dockerode({ socketPath: socket }) };
}

async function answering(engine: Engine): Promise<Engine | undefined> {
  return engine.client.ping().then(
    () => engine,
    () => undefined,
  );
}

function usersSocket(): string {
  const host = process.env.DOCKER_HOST;
  if (!host) return "/var/run/docker.sock";
  if (host.startsWith("unix://")) return host.slice("unix://".length);
  throw new Error(`the lab needs a Docker engine on this machine, DOCKER_HOST is ${host}: unset DOCKER_HOST`);
}
