import { spawn, type ChildProcess } from "node:child_process";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { existsSync, openSync, closeSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { run } from "../run";
import { step } from "../progress";
import { builtModule } from "./build";
import { renderKubeconfig } from "./kubeconfig";

/** A Kubernetes control plane on this machine's loopback, without nodes: for tests of what talks to the API. */
export interface ControlPlane {
  /** Kubeconfig of an administrator, complete in itself. */
  kubeconfig: string;
  /** The same as a file, which is gone after `stop`. */
  kubeconfigFile: string;
  /** The folder of kubectl and the other programs. */
  programs: string;
  /** Runs kubectl as the administrator and gives what it printed. Throws CommandFailed. */
  kubectl(args: string[], input?: string): Promise<string>;
  /** Ends all processes and removes their data. */
  stop(): Promise<void>;
}

/**
 * Starts etcd, kube-apiserver, kube-controller-manager and kube-scheduler on free ports of 127.0.0.1, with their data
 * in a temporary folder. Deployments get their ReplicaSets and Pods; no pod ever runs, since there is no node.
 * Builds Kubernetes first where the cache lacks it. Throws with the end of the log of the part that didn't come up.
 */
export async function startControlPlane(): Promise<ControlPlane> {
  const programs = await builtModule("kubernetes");
  const folder = await mkdtemp(join(tmpdir(), "farmstack-kubernetes-"));
  const started: Daemon[] = [];
  const start = (name: string, flags: Record<string, string>) => {
    const daemon = startDaemon(join(programs, name), flags, join(folder, `${name}.log`));
    started.push(daemon);
    return daemon;
  };
  const stop = async () => {
    for (const daemon of [...started].reverse()) await end(daemon); // etcd last: the others write to it
    await rm(folder, { recursive: true, force: true });
  };
  try {
    return await step("Kubernetes on loopback: start", async () => {
      const [client = 0, peer = 0, api = 0] = await freePorts(3);
      const etcd = `http://127.0.0.1:${client}`;
      start("etcd", etcdFlags(join(folder, "etcd"), etcd, `http://127.0.0.1:${peer}`));

      const token = randomBytes(24).toString("hex");
      const files = await writeCredentials(folder, token);
      const server = start("kube-apiserver", apiserverFlags(folder, files, etcd, api));
      // kube-apiserver makes itself a certificate, with the authority that has signed it, and writes its key last.
      const authority = join(folder, "apiserver.crt");
      const key = join(folder, "apiserver.key");
      await until("kube-apiserver has a certificate", server, async () => existsSync(key));
      const kubeconfig = renderKubeconfig(
        `https://127.0.0.1:${api}`,
        await readFile(authority, "utf8"),
        token,
      );
      const kubeconfigFile = join(folder, "kubeconfig");
      await writeFile(kubeconfigFile, kubeconfig, { mode: 0o600 });

      const own = ["--kubeconfig", kubeconfigFile, "--cache-dir", join(folder, "cache")];
      const kubectl = async (args: string[], input?: string) =>
        (await run(join(programs, "kubectl"), [...own, ...args], { input })).stdout;
      const answers = (...args: string[]) =>
        kubectl(args).then(
          () => true,
          () => false,
        );
      await until("kube-apiserver is ready", server, () => answers("get", "--raw", "/readyz"));
      const controllers = start("kube-controller-manager", controllerFlags(kubeconfigFile, files, authority));
      start("kube-scheduler", { kubeconfig: kubeconfigFile, "leader-elect": "false", "secure-port": "0" });
      await until("the default service account is there", controllers, () =>
        answers("get", "serviceaccount", "default"),
      );
      return { kubeconfig, kubeconfigFile, programs, kubectl, stop };
    });
  } catch (error) {
    await stop();
    throw error;
  }
}

function etcdFlags(folder: string, client: string, peer: string): Record<string, string> {
  return {
    "data-dir": folder,
    "listen-client-urls": client,
    "advertise-client-urls": client,
    "listen-peer-urls": peer,
    "initial-advertise-peer-urls": peer,
    "initial-cluster": `default=${peer}`,
    "unsafe-no-fsync": "true", // nothing in it outlives the process
  };
}

interface Credentials {
  tokens: string;
  serviceAccountKey: string;
}

async function writeCredentials(folder: string, token: string): Promise<Credentials> {
  const tokens = join(folder, "tokens.csv");
  const serviceAccountKey = join(folder, "service-account.key");
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  await writeFile(tokens, `${token},administrator,1,system:masters\n`, { mode: 0o600 });
  await writeFile(serviceAccountKey, privateKey.export({ type: "sec1", format: "pem" }), { mode: 0o600 });
  return { tokens, serviceAccountKey };
}

function apiserverFlags(
  folder: string,
  { tokens, serviceAccountKey }: Credentials,
  etcd: string,
  port: number,
): Record<string, string> {
  return {
    "etcd-servers": etcd,
    "bind-address": "127.0.0.1",
    "advertise-address": "127.0.0.1",
    "endpoint-reconciler-type": "none", // it refuses a loopback address as an endpoint
    "secure-port": `${port}`,
    "cert-dir": folder,
    "token-auth-file": tokens,
    "authorization-mode": "RBAC",
    "service-account-issuer": "https://kubernetes.default.svc",
    "service-account-signing-key-file": serviceAccountKey,
    "service-account-key-file": serviceAccountKey,
    "service-cluster-ip-range": "10.96.0.0/16",
    "allow-privileged": "true",
  };
}

function controllerFlags(
  kubeconfig: string,
  { serviceAccountKey }: Credentials,
  authority: string,
): Record<string, string> {
  return {
    kubeconfig,
    "leader-elect": "false",
    "secure-port": "0",
    "service-account-private-key-file": serviceAccountKey,
    "root-ca-file": authority,
    "use-service-account-credentials": "true",
    // With the default of 20 a second the first service account comes five seconds later.
    "kube-api-qps": "300",
    "kube-api-burst": "600",
  };
}

interface Daemon {
  child: ChildProcess;
  log: string;
}

function startDaemon(program: string, flags: Record<string, string>, log: string): Daemon {
  const output = openSync(log, "w", 0o600);
  const args = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
  // The kernel ends it when this process ends, however that happens.
  const child = spawn("setpriv", ["--pdeathsig", "KILL", program, ...args], {
    stdio: ["ignore", output, output],
  });
  closeSync(output);
  child.on("error", () => undefined); // it never started: whoever waits for it sees that it has no pid
  return { child, log };
}

const hasEnded = ({ child }: Daemon) =>
  child.pid === undefined || child.exitCode !== null || child.signalCode !== null;

async function end(daemon: Daemon): Promise<void> {
  daemon.child.kill("SIGTERM");
  for (let waited = 0; !hasEnded(daemon); waited += 50) {
    if (waited === 10_000) daemon.child.kill("SIGKILL");
    await sleep(50);
  }
}

/** Waits up to 120 s: a loaded machine is slow. Ends at once when the process that should bring it about has ended. */
async function until(what: string, daemon: Daemon, holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 120_000;
  while (!(await holds())) {
    if (hasEnded(daemon) || Date.now() > deadline) {
      const lines = (await readFile(daemon.log, "utf8")).trim().split("\n").slice(-15);
      throw new Error(`Kubernetes on loopback: waited in vain until ${what}:\n${lines.join("\n")}`);
    }
    await sleep(200);
  }
}

/** Ports of 127.0.0.1 that nobody listens on, all different. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((done, failed) => server.on("error", failed).listen(0, "127.0.0.1", done));
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}
