import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { assertLabRoute } from "../../lab/hosts";
import { loggingVersions } from "../../lab/logging/versions";
import { onLabHost } from "../../lab/ssh";
import { type RotateResult } from "../../tools/logging/rotate";
import { type SearchResult } from "../../tools/logging/search";
import { type Done, type SnapshotList } from "../../tools/logging/snapshots";
import { type LoggingStatus } from "../../tools/logging/status";
import { changedStack, host as labHost, lab, on, pulumi, tryUp, up, waitFor } from "./lab";
import {
  askStore,
  freshWord,
  hosts,
  type KeptPassword,
  keptPasswords,
  linesWith,
  loggingCommand,
  type LogStore,
  logStore,
  printerName,
  startPrinter,
  stopPrinter,
  storeContainers,
  untilFound,
} from "./logging";

const print = (line: string) => process.stdout.write(`${line}\n`);
const keeper = "/usr/local/sbin/farmstack-logging";

/** As docs/logging.md says it: every command of `npm run logging`, as a process, on the dev stack's store. */
describe("the commands of the log store", () => {
  let store: LogStore;
  /** Host and container of the store. */
  let server: { host: string; container: string };
  const word = freshWord();
  const messages = [`${word} one`, `${word} two`];
  let scheduled: string | undefined;
  let saved: string | undefined;
  /** Whether a rotation may have been begun that was not taken back. */
  let rotated = false;

  beforeAll(async () => {
    for (const name of hosts) await assertLabRoute((await labHost(name)).address);
    await waitFor(async () => (await lab("status")).code === 0, 300);
    store = await logStore();
    const [first] = await storeContainers();
    if (!first) throw new Error("no host runs the store");
    server = first;
    await seeRepository();
  });
  afterAll(async () => {
    for (const name of ["host1", "host2"]) await stopPrinter(name);
    for (const snapshot of [saved, scheduled])
      if (snapshot) await on(server.host, `${keeper} ask DELETE /_snapshot/farmstack/${snapshot} || true`);
    if (rotated) await takeBack();
  });

  /** Where the mount below the snapshots was made anew, the container has to start again ("Copies"). */
  async function seeRepository(): Promise<void> {
    const look = "touch /mnt/repository/seen && rm /mnt/repository/seen";
    const sees = await on(
      server.host,
      `timeout 20 docker exec ${server.container} sh -c '${look}' >/dev/null 2>&1 && echo yes || echo no`,
    );
    if (sees === "yes") return;
    await on(server.host, `docker restart --time 30 ${server.container}`);
    const seconds = await waitFor(async () => (await askStore(store, "/")).status === 200, 240);
    print(`the store did not see its repository; restarted, there again after ${seconds} s`);
  }

  /** What a command gives with `--json`. It has to end well. */
  async function given<Result>(args: string[], stackFile?: string): Promise<Result> {
    const { code, stdout, stderr } = await loggingCommand([...args, "--json"], stackFile);
    expect(code, stderr).toBe(0);
    return JSON.parse(stdout) as Result;
  }
  const search = (...args: string[]) => given<SearchResult>(["search", ...args]);
  const messagesOf = ({ lines }: SearchResult) => lines.map(({ message }) => message);

  it("say how the store is, and who does what", async () => {
    await on(server.host, "systemctl start farmstack-logging-retention.service");
    await waitFor(async () => (await given<LoggingStatus>(["status"])).health === "green", 60);
    const status = await given<LoggingStatus>(["status"]);
    expect(status).toMatchObject({
      stack: "dev",
      health: "green",
      nodes: { there: 1, wanted: 1 },
      version: loggingVersions.elasticsearch,
      receiver: "standin",
      age: { by: "timer", days: 2 },
      maxGiB: 1,
      snapshots: { by: "timer", keep: 14 },
    });
    const stream = status.streams.find(({ name }) => name === "logs-containers-dev");
    expect(stream?.indices).toBeGreaterThan(0);
    expect(stream?.bytes).toBeGreaterThan(0);
    expect(status.disks.map(({ node }) => node)).toEqual([server.host]);
    expect(Object.keys(status.timers).sort()).toEqual(["disk", "retention", "snapshot"]);
    expect(status.timers.retention).toBe("success");

    const { code, stdout } = await loggingCommand(["status"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^receiver +a stand-in for Logstash$/m);
    expect(stdout).toMatch(/^older than +2 days: removed by a timer of the hosts$/m);
  });

  it("find lines by words, service and host, and by the namespace of a pod", async () => {
    await startPrinter("host2", `echo ${messages[0]}; sleep 1; echo ${messages[1]}; exec sleep infinity`);
    const asked = [word, "--service", "printer", "--host", "host2", "--since", "15m"];
    const seconds = await waitFor(async () => (await search(...asked)).total === 2, 60);
    print(`search: both lines found after ${seconds} s`);
    const found = await search(...asked);
    expect(messagesOf(found)).toEqual(messages);
    for (const line of found.lines)
      expect(line).toMatchObject({ host: "host2", service: "printer", from: printerName });

    const newest = await loggingCommand(["search", word, "--container", printerName, "--limit", "1"]);
    expect([newest.code, newest.stderr]).toEqual([0, ""]);
    expect(newest.stdout).toMatch(
      new RegExp(`^\\S+Z  host2  printer  ${printerName}  ${messages[1]}\nthe newest 1 of 2\n$`),
    );
    expect((await loggingCommand(["search", word, "--host", "host3"])).stdout).toBe("no line\n");

    const { lines, total } = await search("--namespace", "kube-system", "--limit", "3");
    expect(lines).toHaveLength(3);
    expect(total).toBeGreaterThanOrEqual(3);
    for (const { from } of lines) expect(from).toMatch(/^kube-system\/\S+$/);

    const refused = await loggingCommand(["search", word, "--since", "yesterday"]);
    expect([refused.code, refused.stdout]).toEqual([2, ""]);
    expect(refused.stderr).toContain("yesterday is no time such as 15m");
  });

  it("save the events, by the timer and by hand, and list what was saved", async () => {
    const begun = Date.now() - 1000; // a snapshot's time is in whole seconds
    await onLabHost(await labHost(server.host), "systemctl start farmstack-logging-snapshot.service", {
      timeout: 240_000,
    });

    const started = Date.now();
    const { done } = await given<Done>(["save"]);
    print(`save: ${Math.round((Date.now() - started) / 1000)} s`);
    expect(done).toEqual([expect.stringMatching(/^saved manual-\d{8}t\d{6}z$/)]);
    saved = done[0]?.replace("saved ", "");

    const { snapshots } = await given<SnapshotList>(["snapshots"]);
    const [byHand, byTimer] = snapshots;
    scheduled = byTimer?.name;
    expect([byHand?.name, scheduled]).toEqual([saved, expect.stringMatching(/^logs-\d{8}t\d{6}z$/)]);
    for (const one of [byHand, byTimer]) {
      expect(one?.state).toBe("SUCCESS");
      expect(Date.parse(one?.time ?? "")).toBeGreaterThanOrEqual(begun);
    }
    expect((await loggingCommand(["snapshots"])).stdout).toContain(`${saved}  `);
  });

  it("bring back events that were deleted, beside what there is", async () => {
    const login = `elastic:${passwordIn(await keptPasswords(), "logging-elastic-password-0")}`;
    const body = { query: { match: { message: word } } };
    const { hits } = JSON.parse((await askStore(store, "/logs-*/_search", body)).text) as {
      hits: { hits: { _index: string; _id: string }[] };
    };
    expect(hits.hits).toHaveLength(2);
    for (const { _index, _id } of hits.hits) {
      const path = `/${_index}/_doc/${_id}?refresh=true`;
      expect((await askStore(store, path, undefined, login, "DELETE")).status).toBe(200);
    }
    expect((await search(word)).total).toBe(0);

    const none = await loggingCommand(["restore", "manual-19700101t000000z"]);
    expect([none.code, none.stdout]).toEqual([2, ""]);
    expect(none.stderr).toContain("npm run logging -- --stack dev snapshots");

    const started = Date.now();
    const { done } = await given<Done>(["restore", saved ?? ""]);
    print(`restore: ${Math.round((Date.now() - started) / 1000)} s`);
    expect(done).toEqual([`restored ${saved}`]);
    const restored = await search(word, "--restored");
    expect(messagesOf(restored)).toEqual(messages);
    expect((await search(word)).total).toBe(0);
    // People who read see it as well.
    const pattern = `/restored-${saved}-*/_search`;
    const seen = await askStore(store, pattern, { ...body, track_total_hits: true });
    expect([seen.status, (JSON.parse(seen.text) as { hits: { hits: object[] } }).hits.hits.length]).toEqual([
      200, 2,
    ]);

    const again = await loggingCommand(["restore", saved ?? ""]);
    expect([again.code, again.stdout]).toEqual([1, ""]);
    expect(again.stderr).toContain(`restore of ${saved}: Elasticsearch says`);
    expect((await given<LoggingStatus>(["status"])).health).toBe("green");
    // The lab's build of Elasticsearch can't delete them as a whole: they stay until the lab goes.
    expect((await lab("status")).code).toBe(0);
  });

  it("are let in again by their host when nobody knows the password of elastic", async () => {
    const { stdout } = await pulumi(
      ...["stack", "output", "loggingElasticPassword", "--show-secrets", "--stack", "dev"],
    );
    const password = stdout.trim();
    const answerTo = async (its: string) =>
      (await askStore(store, "/_security/_authenticate", undefined, `elastic:${its}`)).status;
    const change = (from: string, to: string) =>
      askStore(store, "/_security/user/elastic/_password", { password: to }, `elastic:${from}`);
    const byHand = freshWord();
    expect((await change(password, byHand)).status).toBe(200);
    try {
      expect([await answerTo(password), await answerTo(byHand)]).toEqual([401, 200]);
      const started = Date.now();
      const reset = "bin/elasticsearch-reset-password -u elastic -i";
      await onLabHost(await labHost(server.host), `docker exec -i ${server.container} ${reset}`, {
        input: `y\n${password}\n${password}\n`,
        timeout: 120_000,
      });
      print(`elasticsearch-reset-password: ${Math.round((Date.now() - started) / 1000)} s`);
      expect([await answerTo(password), await answerTo(byHand)]).toEqual([200, 401]);
    } finally {
      if ((await answerTo(password)) !== 200) await change(byHand, password);
    }
  });

  it("rotate passwords: old ones are refused, and no line is lost", { timeout: 1_800_000 }, async () => {
    const line = freshWord();
    await startPrinter("host1", `i=0; while :; do echo ${line} $i; i=$((i+1)); sleep 0.5; done`);
    await untilFound(store, line, 5, 60, "host1");
    const wrong = await loggingCommand(["rotate", "writr"]);
    expect([wrong.code, wrong.stdout]).toEqual([2, ""]);
    expect(wrong.stderr).toContain("did you mean writer?");

    const file = await changedStack(() => undefined);
    const rotate = (user: string) => given<RotateResult>(["rotate", user], file);
    rotated = true;
    for (const user of ["elastic", "keeper", "reader", "writer"])
      expect(await rotate(user)).toMatchObject({ stack: "dev", user, file, rotation: 1 });
    await timedUp("four passwords", file);
    expect(await answersTo("elastic 0", "elastic 1", "keeper 0", "keeper 1", "reader 0", "reader 1")).toEqual(
      [401, 200, 401, 200, 401, 200],
    );
    // Who has not moved yet goes on.
    expect(await answersTo("writer 0", "writer 1")).toEqual([200, 200]);
    expect((await given<LoggingStatus>(["status"])).health).toBe("green"); // by the keeper's new one

    expect(await rotate("writer")).toMatchObject({ rotation: 2 });
    await timedUp("the writer's again", file);
    expect(await answersTo("writer 0", "writer 1", "writer 2")).toEqual([401, 200, 200]);

    store = await logStore();
    await on("host1", `docker stop --time 1 ${printerName}`);
    const printed = (await on("host1", `docker logs ${printerName}`)).split("\n");
    print(`${printed.length} lines were printed meanwhile`);
    expect(printed.length).toBeGreaterThan(50);
    const all = async () => new Set((await linesWith(store, line, "host1")).map(({ message }) => message));
    await waitFor(async () => (await all()).size >= printed.length, 120);
    expect([...(await all())].sort()).toEqual([...printed].sort());
  });

  it("are again as the tree has it, with nothing left to do", { timeout: 1_800_000 }, async () => {
    await takeBack();
    rotated = false;
    const again = await pulumi("up", "--stack", "dev", "--yes", "--expect-no-changes");
    expect(again.code, again.stdout + again.stderr).toBe(0);
    store = await logStore();
    expect(await answersTo("elastic 0", "keeper 0", "reader 0", "writer 0")).toEqual([200, 200, 200, 200]);
    const line = freshWord();
    await startPrinter("host2", `echo ${line}; exec sleep infinity`);
    await untilFound(store, line, 1, 60);
    expect((await search(line)).total).toBe(1);
    await waitFor(async () => (await lab("status")).code === 0, 120);
  });

  async function timedUp(what: string, file: string): Promise<void> {
    const started = Date.now();
    const { code, stdout, stderr } = await tryUp("--config-file", file);
    expect(code, stdout + stderr).toBe(0);
    print(`pulumi up with ${what}: ${Math.round((Date.now() - started) / 1000)} s`);
  }

  /** The status that the store answers each with: a user, and the generation of the password. */
  async function answersTo(...asked: string[]): Promise<number[]> {
    const kept = await keptPasswords();
    return Promise.all(
      asked.map(async (one) => {
        const [user, generation] = one.split(" ");
        const names: Record<string, string> = {
          elastic: "elastic",
          writer: `farmstack_writer_${generation}`,
        };
        const name = names[user ?? ""] ?? `farmstack_${user}`;
        const login = `${name}:${passwordIn(kept, `logging-${user}-password-${generation}`)}`;
        return (await askStore(store, "/_security/_authenticate", undefined, login)).status;
      }),
    );
  }

  /**
   * Back to the first passwords, which a stack's operator never does: a number that is lowered locks the program out, and
   * passwords are protected. So `elastic` gets its first one by hand, and what is protected is let go.
   */
  async function takeBack(): Promise<void> {
    const kept = await keptPasswords();
    const first = passwordIn(kept, "logging-elastic-password-0");
    for (const { password: its } of kept.filter(({ name }) => /^logging-elastic-password-[1-9]/.test(name)))
      await askStore(store, "/_security/user/elastic/_password", { password: first }, `elastic:${its}`);
    const later = kept.filter(({ name }) => /^logging-.*-password-[1-9]\d*$/.test(name));
    if (later.length > 0) {
      const urns = later.map(({ urn }) => urn);
      const { code, stdout, stderr } = await pulumi("state", "unprotect", ...urns, "--stack", "dev", "--yes");
      expect(code, stdout + stderr).toBe(0);
    }
    await up();
    for (const user of ["farmstack_writer_1", "farmstack_writer_2"])
      await askStore(store, `/_security/user/${user}`, undefined, `elastic:${first}`, "DELETE");
  }
});

function passwordIn(kept: KeptPassword[], name: string): string {
  const found = kept.find((one) => one.name === name);
  if (!found) throw new Error(`the state has no ${name}`);
  return found.password;
}
