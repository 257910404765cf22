import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { catalog, type ImageName } from "../../components/images";
import { type Engine, ensureDocker } from "../../lab/docker";
import { registryUpload } from "../../lab/hosts/addresses";
import { push } from "../../lab/hosts/registry";
import { readRegistryAccess } from "../../lab/hosts/registry-access";
import { followBuild } from "../../lab/images/build";
import { lab, pulumi, stackWithoutStorage } from "./lab";
import { askStore, freshWord, linesWith, type LogStore, logStore, startPrinter, untilFound } from "./logging";

const names = ["elasticsearch", "logstash", "kibana", "filebeat", "nginx"] satisfies ImageName[];
const print = (line: string) => process.stdout.write(`${line}\n`);

/** Whether the lab's engine gets an answer from the registries of all of them. */
async function canBeHad(engine: Engine): Promise<boolean> {
  const asked = names.map((name) => engine.client.getImage(catalog[name].reference).distribution());
  const late = new Promise<never>((_, failed) =>
    setTimeout(() => failed(new Error("no answer within 30 s")), 30_000).unref(),
  );
  return Promise.race([Promise.all(asked), late]).then(
    () => true,
    () => false,
  );
}

/** Puts them into the lab's registry, under the path at which the mirror is asked for them. */
async function publishOfficial(engine: Engine): Promise<void> {
  const { client } = engine;
  const access = await readRegistryAccess();
  for (const name of names) {
    const { reference } = catalog[name];
    await followBuild(engine, await client.pull(reference));
    const [, repo = "", tag = ""] = /^(.+):([^:/]+)$/.exec(reference) ?? [];
    const upload = `${registryUpload}/${repo}`;
    await client.getImage(reference).tag({ repo: upload, tag });
    await push(engine, `${upload}:${tag}`, access);
  }
}

/** The dev stack's log store with Logstash, Kibana and everything of Elastic's own, and not much else. */
async function officialStack(): Promise<string> {
  const document = await stackWithoutStorage(["logging"]);
  for (const key of names) document.deleteIn(["config", "farmstack:images", "overrides", key]);
  const logging = (key: string) => ["config", "farmstack:logging", key];
  document.deleteIn(logging("repository"));
  const settings = { heapMiB: 1024, memoryMiB: 2304, receiver: {}, kibana: {} };
  for (const [key, value] of Object.entries(settings))
    document.setIn(logging(key), typeof value === "object" ? document.createNode(value) : value);
  return document.toString();
}

describe("the log store of Elastic's own images", () => {
  it("has what came through Logstash, and Kibana shows it, where they can be had", async () => {
    const engine = await ensureDocker();
    if (!(await canBeHad(engine))) {
      print(
        "Elastic's images can't be had: Logstash and Kibana did not run; the lab's builds of Elasticsearch and Filebeat did",
      );
      const { stdout } = await pulumi("stack", "output", "--stack", "dev", "--json");
      expect((JSON.parse(stdout) as { loggingReceiver: string }).loggingReceiver).toBe("standin");
      return;
    }
    print("Elastic's images can be had: Logstash and Kibana run");
    const folder = await mkdtemp(join(tmpdir(), "farmstack-official-"));
    try {
      expect((await lab("down", "--keep-images")).code).toBe(0);
      const stack = join(folder, "Pulumi.dev.yaml");
      await writeFile(stack, await officialStack());
      await lab("up", "--config-file", stack); // makes hosts and registry; the images are not there yet
      await publishOfficial(engine);
      const { code, stdout, stderr } = await lab("up", "--config-file", stack);
      expect(code, stdout + stderr).toBe(0);

      const store = await logStore();
      const word = freshWord();
      await startPrinter("host1", `echo ${word}; exec sleep infinity`);
      print(`a container's line came through Logstash after ${await untilFound(store, word, 1, 60)} s`);
      expect(await linesWith(store, word)).toMatchObject([{ message: word, host: { name: "host1" } }]);

      const kibana = await kibanaOf(store);
      const views = await askStore(kibana, "/api/data_views");
      expect([views.status, views.text]).toEqual([200, expect.stringContaining("logs-")]);
      const again = await pulumi("up", "--stack", "dev", "--yes", "--expect-no-changes");
      expect(again.code, again.stdout + again.stderr).toBe(0);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

/** Kibana behind nginx, as its administrator. */
async function kibanaOf(store: LogStore): Promise<LogStore> {
  const { stdout } = await pulumi("stack", "output", "--stack", "dev", "--json", "--show-secrets");
  const { loggingUrl, loggingElasticPassword } = JSON.parse(stdout) as Record<string, string>;
  return { ...store, url: loggingUrl ?? "", user: "elastic", password: loggingElasticPassword ?? "" };
}
