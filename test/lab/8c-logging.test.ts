import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ensureDocker } from "../../lab/docker";
import { assertLabRoute } from "../../lab/hosts";
import { kubectl } from "./kubernetes";
import { host as labHost, lab, on, waitFor } from "./lab";
import {
  askStore,
  freshWord,
  heldBytes,
  hosts,
  keptPasswords,
  linesWith,
  type LogStore,
  logStore,
  printerName,
  shipperData,
  shipperOf,
  startPrinter,
  stopPrinter,
  storeContainers,
  untilFound,
} from "./logging";

const print = (line: string) => process.stdout.write(`${line}\n`);

/** How many of 10,000 lines each host prints. */
const share = { host1: 3334, host2: 3333, host3: 3333 } as const;
const shareOf = (host: string) => share[host as keyof typeof share];

describe("the log store", () => {
  let store: LogStore;

  beforeAll(async () => {
    for (const name of hosts) await assertLabRoute((await labHost(name)).address);
    await waitFor(async () => (await lab("status")).code === 0, 300);
    store = await logStore();
  });
  afterAll(async () => {
    for (const host of hosts) await stopPrinter(host);
    await kubectl("delete pod printer --ignore-not-found --wait=false");
    for (const { host, container } of await storeContainers()) await on(host, `docker start ${container}`);
    for (const host of hosts) await on(host, `docker start ${shipperOf(host)}`);
  });

  /** Numbers of the lines that are there, and how many are there more than once. */
  async function numbered(word: string, host: string) {
    const lines = await linesWith(store, word, host);
    const numbers = lines.map(({ message }) => Number(message?.split(" ").at(-1)));
    const distinct = new Set(numbers);
    return { lines: lines.length, distinct: distinct.size, twice: lines.length - distinct.size };
  }

  it("has a line of a container on another host within 30 s, and whose it is", async () => {
    const word = freshWord();
    await startPrinter("host2", `echo ${word}; exec sleep infinity`);
    const seconds = await untilFound(store, word, 1, 30);
    print(`a container's line: found after ${seconds} s`);
    const found = await linesWith(store, word);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({
      message: word,
      stack: "dev",
      host: { name: "host2" },
      container: { name: printerName },
      service: { name: "printer" },
    });
  });

  it("has a line of a pod within 30 s, and whose it is", async () => {
    const word = freshWord();
    const image = "10.77.0.10:5000/lab/ceph:16.2.15";
    // By then its shipper knows of the pod, as it would of one that serves something.
    const script = `sleep 10; echo ${word}; exec sleep infinity`;
    await kubectl(
      "apply --filename -",
      JSON.stringify({
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: "printer", namespace: "default", labels: { app: "printing" } },
        spec: {
          terminationGracePeriodSeconds: 1,
          containers: [{ name: "main", image, command: ["sh", "-c", script] }],
        },
      }),
    );
    await kubectl("wait --for=condition=Ready pod/printer --timeout=50s");
    await sleep(10_000);
    const seconds = await untilFound(store, word, 1, 30);
    print(`a pod's line: found after ${seconds} s`);
    const node = await kubectl("get pod printer --output jsonpath={.spec.nodeName}");
    const found = await linesWith(store, word);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({
      message: word,
      stack: "dev",
      host: { name: node },
      service: { name: "printing" },
      kubernetes: { namespace: "default", pod: { name: "printer" }, container: { name: "main" } },
    });
  });

  it("can be asked by its shippers' own commands where a line is", async () => {
    const counters = async (host: string, from: string) => {
      const { libbeat } = JSON.parse(await on(host, `curl --silent --show-error ${from}`)) as {
        libbeat: { output: { events: Record<string, number> } };
      };
      return libbeat.output.events;
    };
    for (const host of hosts) {
      const seen = await counters(host, `--unix-socket ${shipperData}/filebeat.sock http://shipper/stats`);
      expect(seen.acked, host).toBeGreaterThan(0);
      expect([seen.duplicates, seen.dropped].map((count) => typeof count)).toEqual(["number", "number"]);
      expect((await counters(host, "http://127.0.0.1:5066/stats")).acked, host).toBeGreaterThan(0);
      await on(host, `docker logs --tail 50 ${shipperOf(host)}`);
      // Nothing waits but in the segment that is written to, which counts until it is full: 4 MiB here.
      await waitFor(async () => (await heldBytes(host)) < 4.5 * 1024 * 1024, 30);
    }
    const pods = await kubectl("--namespace log-shipper get pods --output name");
    expect(pods.split("\n")).toHaveLength(hosts.length);
    for (const pod of pods.split("\n")) await kubectl(`--namespace log-shipper logs --tail 50 ${pod}`);
  });

  describe("that was stopped for two minutes", () => {
    const word = freshWord();

    it("keeps no container from starting, and has all 10,000 lines afterwards, none twice", async () => {
      const servers = await storeContainers();
      expect(servers.length).toBeGreaterThan(0);
      for (const { host, container } of servers) await on(host, `docker stop --time 45 ${container}`);
      const stopped = Date.now();
      await expect(askStore(store, "/")).rejects.toThrow();

      for (const host of hosts) {
        // All in some 80 s, so that the queue is written to while nothing is taken from it.
        const script = `i=0; while [ $i -lt ${shareOf(host)} ]; do echo ${word} $i; i=$((i+1)); [ $((i%40)) = 0 ] && sleep 1; done; exec sleep infinity`;
        const took = await startPrinter(host, script);
        print(`${host}: a container started in ${took} ms while the store was down`);
      }
      const last = (host: string) => on(host, `docker logs --tail 1 ${printerName}`);
      for (const host of hosts)
        await waitFor(async () => (await last(host)) === `${word} ${shareOf(host) - 1}`, 150);
      await sleep(Math.max(0, 120_000 - (Date.now() - stopped)));
      for (const host of hosts) print(`${host}: ${await heldBytes(host)} bytes held`);

      for (const { host, container } of servers) await on(host, `docker start ${container}`);
      const started = Date.now();
      for (const host of hosts) await untilFound(store, word, shareOf(host), 240, host);
      print(
        `the store was there again: all lines found after ${Math.round((Date.now() - started) / 1000)} s`,
      );
      await sleep(20_000); // what is sent twice would come now
      for (const host of hosts)
        expect(await numbered(word, host), host).toEqual({
          lines: shareOf(host),
          distinct: shareOf(host),
          twice: 0,
        });
    });

    it("has none twice when the shippers are killed and forget what they have read", async () => {
      for (const host of hosts)
        await on(
          host,
          `docker kill ${shipperOf(host)} && rm -r ${shipperData}/registry && docker start ${shipperOf(host)}`,
        );
      // They read their files from the start, and this line behind all that was there.
      const after = freshWord();
      for (const host of hosts)
        await on(host, `docker exec ${printerName} sh -c 'echo ${after} >/proc/1/fd/1'`);
      for (const host of hosts) await untilFound(store, after, 1, 180, host);
      await sleep(20_000);
      for (const host of hosts) {
        expect(await on(host, `ls ${shipperData}/registry/filebeat/log.json`), host).toBeTruthy();
        expect(await numbered(word, host), host).toEqual({
          lines: shareOf(host),
          distinct: shareOf(host),
          twice: 0,
        });
      }
    });
  });

  it("has all lines of what ran on a host that booted, by the shippers that came back with it", async () => {
    const word = freshWord();
    // Numbers that go on after the boot: the file system of a container stays.
    const script = `i=$(cat /tmp/i 2>/dev/null || echo 0); while :; do echo ${word} $i; i=$((i+1)); echo $i >/tmp/i; sleep 0.2; done`;
    await startPrinter("host3", script);
    await untilFound(store, word, 50, 60, "host3");
    const pods = () =>
      kubectl(
        "--namespace log-shipper get daemonset log-shipper --output jsonpath={.status.numberReady}/{.status.desiredNumberScheduled}",
      );
    const ready = await pods();

    const { client } = await ensureDocker();
    const booted = Date.now();
    await client.getContainer("farmstack-lab-host3").restart();
    const running = (container: string) => on("host3", `docker inspect -f '{{.State.Running}}' ${container}`);
    await waitFor(async () => (await running(shipperOf("host3"))) === "true", 180);
    await waitFor(async () => (await running(printerName)) === "true", 60);
    await waitFor(async () => (await pods()) === ready, 240);
    print(`host3 booted: its shippers were back after ${Math.round((Date.now() - booted) / 1000)} s`);
    await sleep(20_000);
    await on("host3", `docker stop --time 1 ${printerName}`);

    const printed = (await on("host3", `docker logs ${printerName}`)).split("\n").sort();
    expect(printed.length).toBeGreaterThan(100);
    await untilFound(store, word, printed.length, 120, "host3");
    const found = (await linesWith(store, word, "host3")).map(({ message }) => message).sort();
    expect(found).toEqual(printed);
    await waitFor(async () => (await lab("status")).code === 0, 300);
  });

  it("lets nobody in without a login, nor with one that everybody knows", async () => {
    for (const login of ["", "elastic:changeme", "elastic:elastic", "elastic:", "kibana_system:changeme"])
      expect((await askStore(store, "/", undefined, login)).status, login).toBe(401);
    const asReader = (path: string, body?: object) => askStore(store, path, body);
    expect((await asReader("/_security/user")).status).toBe(403);
    expect((await asReader("/logs-containers-dev/_doc", { message: "not mine to write" })).status).toBe(403);
  });

  it("has no secret where those who may look at containers see it", async () => {
    const passwords = (await keptPasswords()).map(({ password }) => password);
    expect(passwords.length).toBeGreaterThanOrEqual(3); // elastic, writer, reader
    const found = (text: string) =>
      passwords.filter(
        (password) => text.includes(password) || text.includes(Buffer.from(password).toString("base64")),
      ).length;

    for (const host of hosts) {
      expect(
        found(await on(host, "docker inspect $(docker ps --all --quiet)")),
        `${host}: docker inspect`,
      ).toBe(0);
      expect(found(await on(host, "ps -e -ww -o args")), `${host}: arguments`).toBe(0);
      expect(found(await on(host, `docker logs ${shipperOf(host)} 2>&1`)), `${host}: shipper's log`).toBe(0);
      expect(await on(host, `stat -c '%a %U' ${shipperData}`), host).toBe("700 root");
    }
    expect(found(await kubectl("--namespace log-shipper get daemonsets,pods,events --output yaml"))).toBe(0);
  });
});
