import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { assertLabRoute } from "../../lab/hosts";
import { labDir } from "../../lab/paths";
import { inBrowser, submitForm, takePicture } from "./browser";
import { startClients, statusOf } from "./clients";
import { kubectl } from "./kubernetes";
import { lab, pulumi, tryUpWith, up, waitFor } from "./lab";

const nodes = ["10.77.0.11", "10.77.0.12", "10.77.0.13"];
const page = `http://${nodes[0]}:30080/`;
const ada = { Name: "Ada Lovelace", Email: "ada@example.org", Interests: "engines, poetry" };

const inNamespace = (args: string) => kubectl(`--namespace profiles ${args}`);
const print = (line: string) => process.stdout.write(`${line}\n`);

/**
 * What the dev stack runs on Kubernetes: the page of examples/profile-app, on FerretDB in the place of MongoDB. That a
 * pod without the label can't reach the database is judged in test/unit/components (flannel enforces no policies), that all
 * objects are valid and admitted in test/plugins/applications.test.ts and web-app.test.ts.
 */
describe("the dev stack's applications", () => {
  const app = (key: string) => ["config", "farmstack:webApps", 0, key];
  const pods = async (selector: string) =>
    (await inNamespace(`get pods --selector ${selector} --output name`)).split("\n").filter(Boolean).sort();

  beforeAll(async () => {
    for (const node of nodes) await assertLabRoute(node);
    await waitFor(async () => (await lab("status")).code === 0, 300); // the cluster was restored just before
  });
  afterAll(async () => {
    await up(); // as the tree has it
  });

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

  it("take another ConfigMap without a failed request", async () => {
    const before = await pods("app=profile");
    const clients = await startClients(
      nodes.map((node) => `http://${node}:30080/`),
      50,
    );
    const started = Date.now();
    try {
      const changed = await tryUpWith((document) => document.setIn([...app("values"), "LOAD_TEST"], "1"));
      expect(changed.code, changed.stdout + changed.stderr).toBe(0);
      await waitFor(async () => (await pods("app=profile")).length === 2, 90); // the last of the old ones still serves
    } finally {
      await clients.stop();
      const seconds = Math.round((Date.now() - started) / 1000);
      const { requests, failures } = clients;
      print(`ConfigMap changed: ${requests} requests in ${seconds} s, ${failures.length} failed`);
    }
    const after = await pods("app=profile");
    expect(after.filter((pod) => before.includes(pod))).toEqual([]);
    expect(await statusOf(`${page}load?ms=1`)).toBe(200); // they have the new value
    expect(clients.failures).toEqual([]);
    expect(clients.requests).toBeGreaterThan(500);
  });

  it("become more under load, and fewer after the window", async () => {
    const window = 45;
    const scaled = await tryUpWith((document) => {
      document.setIn([...app("values"), "LOAD_TEST"], "1");
      document.deleteIn(app("replicas"));
      const scaling = { safeLine: 50, fatalLine: 80, min: 2, max: 4, samplesBeforeScaleIn: window / 15 };
      document.setIn(app("scaling"), document.createNode(scaling));
    });
    expect(scaled.code, scaled.stdout + scaled.stderr).toBe(0);
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

  it("go back to what the tree says, with nothing left to do", async () => {
    await up();
    await waitFor(async () => (await pods("app=profile")).length === 2, 90);
    const again = await pulumi("up", "--stack", "dev", "--yes", "--expect-no-changes");
    expect(again.code, again.stdout + again.stderr).toBe(0);
    expect(await inNamespace("get horizontalpodautoscalers --output name")).toBe("");
    await inBrowser(page, expectProfile);
  });
});

async function expectProfile(view: Parameters<typeof takePicture>[0]): Promise<void> {
  for (const [label, value] of Object.entries(ada))
    expect(await view.getByLabel(label, { exact: true }).inputValue()).toBe(value);
}
