import { readFile } from "node:fs/promises";
import { gatewayApiDefinitions } from "../../lab/kubernetes/gateway-api";
import { type RunResult } from "../../lab/run";
import { onLabHost } from "../../lab/ssh";
import { kubectl } from "./kubernetes";
import { command, host, pulumi, waitFor } from "./lab";

// What lab tests do with the dev stack's database `store`, and with the definitions that a second version of its app needs.

export const inNamespace = (args: string, input?: string) => kubectl(`--namespace profiles ${args}`, input);

/** `npm run mongodb -- …` on the lab's stack, or another file of it; any exit code is an answer. */
export const mongodbCommand = (args: string[], stackFile?: string): Promise<RunResult> =>
  command("mongodb", args, stackFile);

interface Container {
  command: string[];
  env: { name: string; value?: string }[];
}

interface Job {
  metadata: { name: string; creationTimestamp: string };
  spec: { template: { metadata: { labels: Record<string, string> }; spec: { containers: Container[] } } };
}

/** Runs a pod like that of the Job `store-setup-…`, with a change of its container, to its end. */
async function runStep(change: (container: Container) => void): Promise<{ well: boolean; log: string }> {
  const { items } = JSON.parse(await inNamespace("get jobs --output json")) as { items: Job[] };
  const job = items
    .filter(({ metadata }) => metadata.name.startsWith("store-setup-"))
    .sort((a, b) => b.metadata.creationTimestamp.localeCompare(a.metadata.creationTimestamp))[0];
  if (!job) throw new Error("the database has no Job for its setup");
  const { metadata, spec } = job.spec.template;
  const own = Object.entries(metadata.labels).filter(([label]) => label.startsWith("app.kubernetes.io/"));
  spec.containers.forEach(change);
  const name = `step-${Date.now()}`;
  const pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, labels: Object.fromEntries(own) },
    spec,
  };
  await inNamespace("create --filename -", JSON.stringify(pod));
  try {
    const phase = () => inNamespace(`get pod ${name} --output jsonpath={.status.phase}`);
    await waitFor(async () => /^(Succeeded|Failed)$/.test(await phase()), 120);
    return { well: (await phase()) === "Succeeded", log: await inNamespace(`logs ${name}`) };
  } finally {
    await inNamespace(`delete pod ${name} --wait=false`);
  }
}

/**
 * What a script gives in mongosh, where `db` is the database `admin`, asked as the newest administrator whose password is in
 * the Secret `store-setup`, and `passwords` are those of all administrators. `result` is what it gives.
 */
export async function inDatabase<Result>(script: string): Promise<Result> {
  const login = `
    const passwords = JSON.parse(require("fs").readFileSync("/run/secrets/farmstack/admin.json", "utf8"));
    const newest = passwords.length - 1;
    db = connect(\`mongodb://admin-\${newest}:\${passwords[newest]}@store-0.store.profiles.svc:27017/admin\`);
    let result = null;`;
  const { well, log } = await runStep((container) => {
    const all = `${login}\n${script}\nprint("result " + JSON.stringify(result));`;
    container.command = ["mongosh", "--nodb", "--quiet", "--norc", "--eval", all];
  });
  const [, result] = /^result (.*)$/m.exec(log) ?? [];
  if (!well || result === undefined) throw new Error(`mongosh failed: ${log}`);
  return JSON.parse(result) as Result;
}

/** Names of the database's users. */
export const databaseUsers = async (): Promise<string[]> =>
  (
    await inDatabase<string[]>("result = db.runCommand({ usersInfo: 1 }).users.map(({ user }) => user);")
  ).sort();

/** Runs the Job's script as it would be with another generation of users, and without its patience. */
export const setUpWith = (rotation: number) =>
  runStep(({ env }) => {
    const task = env.find(({ name }) => name === "TASK");
    if (!task?.value) throw new Error("the Job has no task");
    task.value = JSON.stringify({ ...(JSON.parse(task.value) as object), rotation, patience: 0 });
  });

/**
 * Back to the first users, which a stack's operator never does: a number that is lowered locks the Job out, and passwords
 * are protected. So the first administrator is made again by hand, and what is protected is let go. `up` is the tree's.
 */
export async function backToFirstUsers(up: () => Promise<unknown>): Promise<void> {
  await inDatabase(
    `if (!db.getUser("admin-0")) db.runCommand({ createUser: "admin-0", pwd: passwords[0], roles: [] });`,
  );
  const { stdout } = await pulumi("stack", "export", "--stack", "dev");
  const { deployment } = JSON.parse(stdout) as { deployment: { resources: { urn: string }[] } };
  const later = deployment.resources
    .map(({ urn }) => urn)
    .filter((urn) => /::store-admin-[1-9]\d*$/.test(urn));
  if (later.length > 0) {
    const unprotected = await pulumi("state", "unprotect", ...later, "--stack", "dev", "--yes");
    if (unprotected.code !== 0) throw new Error(unprotected.stdout + unprotected.stderr);
  }
  await up();
  await inDatabase(
    `for (const { user } of db.runCommand({ usersInfo: 1 }).users) if (!user.endsWith("-0")) db.runCommand({ dropUser: user });`,
  );
}

const routes = "httproutes.gateway.networking.k8s.io";

/** Gives the cluster the Gateway API's definition of a route, which nothing in the lab acts on. */
export async function defineRoutes(): Promise<void> {
  const file = (await gatewayApiDefinitions()).find((name) => name.endsWith("_httproutes.yaml"));
  if (!file) throw new Error("the Gateway API has no definition of a route");
  const apply = "kubectl --kubeconfig /etc/kubernetes/admin.conf apply --server-side --filename -";
  await onLabHost(await host("host1"), `PATH=$PATH:/usr/local/bin ${apply}`, {
    input: await readFile(file, "utf8"),
  });
  await kubectl(`wait --for condition=Established --timeout 30s crd/${routes}`);
}

export const forgetRoutes = () => kubectl(`delete crd ${routes} --ignore-not-found --timeout 50s`);
