import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { assertLabRoute, registryAddress } from "../../lab/hosts";
import { labDir } from "../../lab/paths";
import { type BackupList, type WorkResult } from "../../tools/mongodb/backups";
import { type GenerationResult } from "../../tools/mongodb/generations";
import { inBrowser, submitForm, takePicture } from "./browser";
import { startClients, statusOf } from "./clients";
import {
  backToFirstUsers,
  databaseUsers,
  defineRoutes,
  forgetRoutes,
  inDatabase,
  inNamespace,
  mongodbCommand,
  setUpWith,
} from "./database";
import { kubectl } from "./kubernetes";
import { changedStack, lab, on, pulumi, tryUp, up, waitFor } from "./lab";
import { addLogin, type SecondLogin } from "./registry-login";

const nodes = ["10.77.0.11", "10.77.0.12", "10.77.0.13"];
const page = `http://${nodes[0]}:30080/`;
const ada = { Name: "Ada Lovelace", Email: "ada@example.org", Interests: "engines, poetry" };

const nextImage = "lab/profile-app:2.0.0";
/** Seconds for which the autoscaler looks back before it takes pods away. */
const window = 45;
const print = (line: string) => process.stdout.write(`${line}\n`);

/**
 * What the dev stack runs on Kubernetes: the page of examples/profile-app, on FerretDB in the place of MongoDB. That a
 * pod without the label can't reach the database is judged in test/unit/components (flannel enforces no policies), that all
 * objects are valid and admitted in test/plugins/applications.test.ts and web-app.test.ts.
 */
describe("the dev stack's applications", () => {
  const registry = ["config", "farmstack:images", "registry"];
  const app = (key: string) => ["config", "farmstack:webApps", 0, key];
  const pods = async (selector: string) =>
    (await inNamespace(`get pods --selector ${selector} --output name`)).split("\n").filter(Boolean).sort();

  beforeAll(async () => {
    for (const node of nodes) await assertLabRoute(node);
    await waitFor(async () => (await lab("status")).code === 0, 300); // the cluster was restored just before
  });
  /** Whether all is as the tree has it. */
  let isTrees = true;
  afterAll(async () => {
    if (!isTrees) await asTheTreeHasIt();
  });

  async function asTheTreeHasIt(): Promise<void> {
    await backToFirstUsers(up);
    await forgetRoutes();
    await login?.remove();
    isTrees = true;
  }

  /** What a command of `npm run mongodb` gives with `--json`. It has to end well. */
  async function given<Result>(args: string[], stackFile?: string): Promise<Result> {
    const { code, stdout, stderr } = await mongodbCommand([...args, "--json"], stackFile);
    expect(code, stderr).toBe(0);
    return JSON.parse(stdout) as Result;
  }
  let saved = "";
  /** Of the registry, from the first change on. */
  let login: SecondLogin | undefined;

  /** `up` with a stack file while clients ask the page of every node; none of them may see it. */
  async function changeUnseen(what: string, file: string): Promise<void> {
    isTrees = false;
    const clients = await startClients(
      nodes.map((node) => `http://${node}:30080/`),
      50,
    );
    const started = Date.now();
    try {
      const changed = await tryUp("--config-file", file);
      expect(changed.code, changed.stdout + changed.stderr).toBe(0);
      await waitFor(async () => (await pods("app=profile,track=stable")).length === 2, 90); // the last of the old ones still serves
    } finally {
      await clients.stop();
      const seconds = Math.round((Date.now() - started) / 1000);
      const { requests, failures } = clients;
      print(`${what}: ${requests} requests in ${seconds} s, ${failures.length} failed`);
    }
    expect(clients.failures).toEqual([]);
    expect(clients.requests).toBeGreaterThan(500);
  }

  it("are told of by the status, the stand-in by its name, and by the outputs", async () => {
    const { stdout } = await lab("status");
    expect(stdout).toContain("profiles/store, FerretDB in the place of MongoDB: 1 of 1 pods");
    expect(stdout).toContain(`profiles/profile: 2 of 2 pods, ${page}`);
    const outputs = await pulumi("stack", "output", "--stack", "dev", "--json");
    expect(JSON.parse(outputs.stdout)).toMatchObject({
      databaseUrls: { store: "mongodb://store-0.store.profiles.svc:27017/app?authSource=admin" },
      databaseEngines: { store: "ferretdb" },
      webAppPages: { profile: page },
    });
  });

  it("have a page on which a person saves a profile, and sees it after a reload", async () => {
    await inBrowser(page, async (view) => {
      await submitForm(view, ada, "Save profile");
      expect(await view.getByRole("status").textContent()).toBe("Your profile is saved.");
      await view.reload();
      await expectProfile(view);
      print(`picture: ${await takePicture(view, "profile-in-the-lab")}`);
    });
  });

  it("are there at the port of each node", async () => {
    for (const node of nodes) expect(await statusOf(`http://${node}:30080/`), node).toBe(200);
  });

  it("keep their data when the database's pod is deleted", async () => {
    const uid = () => inNamespace("get pod store-0 --output jsonpath={.metadata.uid}");
    const before = await uid();
    await inNamespace("delete pod store-0 --wait --timeout 50s");
    const seconds = await waitFor(
      async () => (await uid()) !== before && (await statusOf(page)) === 200,
      180,
    );
    print(`database's pod deleted: the page is back ${seconds} s after it was gone`);
    await inBrowser(page, expectProfile);
  });

  it("have their passwords in Secrets alone", async () => {
    const secrets = JSON.parse(await inNamespace("get secrets --output json")) as {
      items: { metadata: { name: string }; data?: Record<string, string> }[];
    };
    const passwords = secrets.items.flatMap(({ data = {} }) =>
      Object.entries(data).flatMap(([key, value]) => {
        const text = Buffer.from(value, "base64").toString();
        if (key === "username") return [];
        return key === "admin.json" ? (JSON.parse(text) as string[]) : [text];
      }),
    );
    expect(new Set(passwords).size).toBeGreaterThanOrEqual(4); // administrator, client, backup, key of the members
    const found = (text: string) =>
      passwords.filter((one) => text.includes(one) || text.includes(Buffer.from(one).toString("base64")));

    const kinds = "pods,statefulsets,deployments,replicasets,controllerrevisions,jobs,configmaps,events";
    const described = await inNamespace(`get ${kinds} --output yaml`);
    expect(described).toContain("secretKeyRef");
    expect(found(described)).toEqual([]);
    for (const pod of (await inNamespace("get pods --output name")).split("\n"))
      expect(found(await inNamespace(`logs ${pod} --all-containers`)), pod).toEqual([]);

    const folder = join(labDir, "pulumi", "backend");
    const files = await readdir(folder, { recursive: true, withFileTypes: true });
    const states = await Promise.all(
      files.filter((f) => f.isFile()).map((f) => readFile(join(f.parentPath, f.name), "utf8")),
    );
    expect(states.some((text) => text.includes("store-client-0"))).toBe(true);
    expect(states.flatMap(found)).toEqual([]);
    const shown = await pulumi("stack", "output", "--stack", "dev", "--json");
    expect(found(shown.stdout)).toEqual([]);
  });

  it("save what their database holds, and list what was saved", async () => {
    const begun = Math.floor(Date.now() / 1000) * 1000; // a backup's name has whole seconds
    const started = Date.now();
    const { done } = await given<WorkResult>(["backup", "store"]);
    print(`database saved in ${Math.round((Date.now() - started) / 1000)} s`);
    saved = /^saved (app-\d{8}T\d{6}Z\.archive\.gz)$/.exec(done[0] ?? "")?.[1] ?? "";
    expect(saved, done.join("\n")).not.toBe("");

    const { backups } = await given<BackupList>(["backups", "store"]);
    expect(backups[0]?.name).toBe(saved);
    expect(backups[0]?.bytes).toBeGreaterThan(100);
    expect(Date.parse(backups[0]?.time ?? "")).toBeGreaterThanOrEqual(begun);
    const shown = await mongodbCommand(["backups", "store"]);
    expect([shown.code, shown.stdout.split("\n")[0]]).toEqual([
      0,
      expect.stringMatching(/^backup +time +size$/),
    ]);
  });

  it("have their backups' volume again by the next claim of its name", async () => {
    const claim = JSON.parse(await inNamespace("get pvc store-backup --output json")) as {
      metadata: { labels?: object };
      spec: object;
    };
    const phase = (kind: string, name: string) =>
      inNamespace(`get ${kind} ${name} --output jsonpath={.status.phase}`);
    const volume = "profiles.store-backup";
    await inNamespace("delete pvc store-backup --timeout 50s");
    await waitFor(async () => (await phase("pv", volume)) === "Released", 30);
    const unbound = `--type json --patch '[{"op":"remove","path":"/spec/claimRef/uid"}]'`;
    await kubectl(`patch pv ${volume} ${unbound}`);
    const next = {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name: "store-backup", labels: claim.metadata.labels },
      spec: claim.spec,
    };
    await inNamespace("create --filename -", JSON.stringify(next));
    await waitFor(async () => (await phase("pvc", "store-backup")) === "Bound", 30);
    expect((await given<BackupList>(["backups", "store"])).backups[0]?.name).toBe(saved);
  });

  it("take another ConfigMap, new passwords and a second version without a failed request", async () => {
    const before = await pods("app=profile");
    const started = await containersStarted();
    await defineRoutes();
    const second = (login = await addLogin());
    const file = await changedStack((document) => {
      document.setIn([...registry, "username"], second.username);
      document.setIn([...registry, "passwordFile"], second.passwordFile);
      document.setIn([...app("values"), "LOAD_TEST"], "1");
      document.setIn(app("mesh"), document.createNode({}));
      const header = { name: "X-Version", value: "next" };
      document.setIn(app("canary"), document.createNode({ image: nextImage, header }));
    });
    expect(await given<GenerationResult>(["rotate", "store"], file)).toMatchObject({
      setting: "rotation",
      value: 1,
    });
    await changeUnseen("ConfigMap, passwords, second version", file);
    expect(await containersStarted()).toEqual(started); // no daemon on a host starts again for another login

    const after = await pods("app=profile,track=stable");
    expect(after.filter((pod) => before.includes(pod))).toEqual([]);
    expect(await statusOf(`${page}load?ms=1`)).toBe(200); // they have the new value
    expect(await databaseUsers()).toEqual(usersOf(0, 1));
    expect(await secretsOfClients()).toEqual(["store-client-1"]);
    // The second version is there, with its variables, for whom a gateway or a mesh leads to it.
    const beside = await kubectl("get --raw /api/v1/namespaces/profiles/services/profile-canary:80/proxy/");
    expect(beside).toContain("2.0.0");
    expect(beside).toContain(ada.Name);
    expect(await inNamespace("get httproutes --output name")).toContain("profile");
    expect(await versionsShown()).toEqual(["1.0.0"]);
  });

  it("are pulled with another login of the mirror, also when the first one is refused", async () => {
    const image = `${registryAddress}/${nextImage}`;
    const pull = `ctr --namespace test images pull --hosts-dir /etc/containerd/certs.d ${image} | tail -n 1`;
    await login?.alone();
    try {
      for (const name of ["host1", "host2", "host3"]) {
        expect(await on(name, `cat /etc/containerd/certs.d/${registryAddress}/hosts.toml`)).toContain(
          `Basic ${login?.basic}`,
        );
        expect(await on(name, pull), name).toContain("done");
      }
    } finally {
      await login?.both();
      for (const name of ["host1", "host2", "host3"])
        await on(name, `ctr --namespace test images rm ${image} || true`);
    }
  });

  it("have again what was saved, with the passwords of today", async () => {
    await inDatabase(`
      const app = db.getSiblingDB("app");
      app.profiles.deleteMany({});
      app.profiles.insertOne({ _id: "another" });
      app.later.insertOne({ _id: 1 });`);
    expect(await (await fetch(page)).text()).not.toContain(ada.Name);

    const unasked = await mongodbCommand(["restore", "store", saved]);
    expect([unasked.code, unasked.stdout]).toEqual([2, ""]);
    expect(unasked.stderr).toContain("Nothing was changed");
    const started = Date.now();
    const { done } = await given<WorkResult>(["restore", "store", saved, "--yes"]);
    print(`database restored in ${Math.round((Date.now() - started) / 1000)} s`);
    expect(done).toEqual([expect.stringMatching(/^saved before-restore-\S+$/), `restored ${saved}`]);

    expect(await (await fetch(page)).text()).toContain(ada.Name);
    const found = `
      const app = db.getSiblingDB("app");
      result = [app.profiles.find().toArray().map(({ _id }) => _id), app.later.find().toArray().length];
      app.later.drop();`;
    expect(await inDatabase(found)).toEqual([["profile"], 1]); // other collections stay
    expect(await databaseUsers()).toEqual(usersOf(0, 1)); // the backup has those of generation 0 alone
    const { backups } = await given<BackupList>(["backups", "store"]);
    expect(backups[0]?.name).toBe(done[0]?.replace("saved ", ""));
  });

  it("end retired users, and go on with the second version, without a failed request", async () => {
    const file = await changedStack((document) => {
      document.setIn([...app("values"), "LOAD_TEST"], "1");
      document.setIn(app("image"), nextImage);
      document.deleteIn(app("replicas"));
      const scaling = { safeLine: 50, fatalLine: 80, min: 2, max: 4, samplesBeforeScaleIn: window / 15 };
      document.setIn(app("scaling"), document.createNode(scaling));
    });
    await given<GenerationResult>(["rotate", "store"], file);
    expect(await given<GenerationResult>(["retire", "store"], file)).toMatchObject({
      setting: "retired",
      value: 0,
    });
    await changeUnseen("users retired, second version in the first one's place", file);
    expect(await databaseUsers()).toEqual(usersOf(1));
    expect(await versionsShown()).toEqual(["2.0.0"]);
    expect(await inNamespace("get deployments,httproutes --output name")).toBe("deployment.apps/profile");
  });

  it("become more under load, and fewer after the window", async () => {
    print(await kubectl("top nodes"));
    const autoscaler = "get horizontalpodautoscaler profile --output jsonpath";
    const wanted = async () =>
      Number(await inNamespace("get deployment profile --output jsonpath={.spec.replicas}"));
    const measured = await waitFor(
      async () =>
        (await inNamespace(
          `${autoscaler}='{.status.currentMetrics[0].containerResource.current.averageUtilization}'`,
        )) !== "" && (await wanted()) === 2,
      120,
    );
    print(`autoscaler: knows the load after ${measured} s`);

    const started = Date.now();
    const seen: { at: number; pods: number }[] = [{ at: 0, pods: 2 }];
    const look = async () => {
      const count = await wanted();
      if (count !== seen.at(-1)?.pods) seen.push({ at: (Date.now() - started) / 1000, pods: count });
      return count;
    };
    // Some 300 thousandths of a core: six pods at the safe line, more than there may be.
    const load = Array.from({ length: 3 }, () => `${page}load?ms=50`);
    const clients = await startClients(load, 450);
    try {
      await waitFor(async () => (await look()) === 4, 120);
      for (; (Date.now() - started) / 1000 < 90; await sleep(1000)) await look();
    } finally {
      await clients.stop();
    }
    const ended = (Date.now() - started) / 1000;
    await waitFor(async () => (await look()) === 2, 240);

    print(
      `load: ${clients.requests} requests, ${clients.failures.length} failed; ended after ${ended.toFixed(0)} s`,
    );
    print(
      `scale changes: ${seen.length - 1}: ${seen.map(({ at, pods: n }) => `${n} at ${at.toFixed(0)} s`).join(", ")}`,
    );
    const steps = seen.slice(1).map(({ pods: n }, index) => Math.sign(n - (seen[index]?.pods ?? 0)));
    expect(steps).toEqual([...steps].sort((a, b) => b - a)); // first out, then in, and never back
    const firstIn = seen.slice(1).find((_, index) => steps[index] === -1)?.at ?? 0;
    expect(firstIn).toBeGreaterThan(ended + window - 15); // a sample may be up to a period older than the last request
    expect(clients.failures).toEqual([]);
  });

  it("lock their database out by a lower number, until it is raised again", async () => {
    const preview = await pulumi("preview", "--stack", "dev"); // the tree's: rotation is 0
    expect(preview.code, preview.stdout).not.toBe(0);
    expect(preview.stdout + preview.stderr).toMatch(/store-admin-1\S* cannot be deleted/);
    const lowered = await setUpWith(0);
    expect([lowered.well, lowered.log]).toEqual([
      false,
      expect.stringContaining("takes no password of generation 0 to 0. Was rotation lowered"),
    ]);
    expect(await setUpWith(1)).toEqual({ well: true, log: "users of generation 1: ready" });
  });

  it("go back to what the tree says, with nothing left to do", async () => {
    await asTheTreeHasIt();
    expect(await databaseUsers()).toEqual(usersOf(0));
    expect(await versionsShown()).toEqual(["1.0.0"]);
    await waitFor(async () => (await pods("app=profile")).length === 2, 90);
    const again = await pulumi("up", "--stack", "dev", "--yes", "--expect-no-changes");
    expect(again.code, again.stdout + again.stderr).toBe(0);
    expect(await inNamespace("get horizontalpodautoscalers --output name")).toBe("");
    await inBrowser(page, expectProfile);
  });
});

/** The database's users of these generations. */
const usersOf = (...generations: number[]) =>
  ["admin", "backup", "client"].flatMap((role) => generations.map((generation) => `${role}-${generation}`));

/** When each container of the hosts' engines was started, but for what the lab's tests start. */
const containersStarted = async () =>
  Promise.all(
    ["host1", "host2", "host3"].map(async (name) =>
      (await on(name, "docker inspect --format '{{.Name}} {{.State.StartedAt}}' $(docker ps --quiet)"))
        .split("\n")
        .sort(),
    ),
  );

const secretsOfClients = async () =>
  (await inNamespace("get secrets --output jsonpath={.items[*].metadata.name}"))
    .split(" ")
    .filter((name) => name.startsWith("store-client-"));

/** Versions that answer at the ports of the nodes, each asked a few times. */
async function versionsShown(): Promise<string[]> {
  const asked = [...nodes, ...nodes, ...nodes].map((node) => fetch(`http://${node}:30080/`));
  return [
    ...new Set((await Promise.all(asked)).map(({ headers }) => headers.get("X-App-Version") ?? "none")),
  ];
}

async function expectProfile(view: Parameters<typeof takePicture>[0]): Promise<void> {
  for (const [label, value] of Object.entries(ada))
    expect(await view.getByLabel(label, { exact: true }).inputValue()).toBe(value);
}
