import { type RunResult } from "../../lab/run";
import { command, on, waitFor } from "./lab";

export const monitors = ["host1", "host2", "host3"];

/** What `ceph` prints, asked in the monitor's container of a host. */
export const ceph = (command: string, host = "host1"): Promise<string> =>
  on(host, `docker exec ceph-mon-${host} ceph --connect-timeout 20 ${command}`);

export const cephJson = async <Answer>(command: string, host?: string): Promise<Answer> =>
  JSON.parse(await ceph(`${command} --format json 2>/dev/null`, host)) as Answer;

/** Seconds until the cluster is healthy. */
export const waitForHealth = (limit: number): Promise<number> =>
  waitFor(async () => (await ceph("health")).includes("HEALTH_OK"), limit);

/** `npm run ceph -- …` on the lab's stack, or another file of it; any exit code is an answer. */
export const cephCommand = (args: string[], stackFile?: string): Promise<RunResult> =>
  command("ceph", args, stackFile, { env: { ...process.env, FARMSTACK_PULUMI: "npm run -s pulumi --" } });

export interface Status {
  osdmap: { num_osds: number; num_up_osds: number; num_in_osds: number };
  fsmap: { by_rank: unknown[]; "up:standby": number };
  quorum_names: string[];
}

/** Where the stack mounts the file system on each host. */
export const mounted = "/mnt/cephfs";

/** An application on a host: a container that works in the host's mount, with the tools of Ceph's image. Test only. */
export async function startApplication(host: string): Promise<void> {
  await on(
    host,
    `docker rm -f test-client >/dev/null 2>&1
     docker run -d --name test-client --volume /mnt:/mnt:rslave --entrypoint sleep $(docker inspect -f '{{.Image}}' ceph-mount-${host}-mnt-cephfs) infinity`,
  );
}

export const stopApplication = (host: string): Promise<string> => on(host, "docker rm -f test-client");

export const inApplication = (host: string, command: string): Promise<string> =>
  on(host, `docker exec test-client sh -c '${command}'`);

/** Writes and reads back, again and again; leaves the number of writes, the longest in ms and the failures. */
export const writer = `cat >/tmp/writer.py <<PYTHON
import os, time
writes, longest, failures = 0, 0, 0
while not os.path.exists("/tmp/stop"):
    text = str(time.time())
    begun = time.time()
    try:
        with open("${mounted}/busy", "w") as f:
            f.write(text); f.flush(); os.fsync(f.fileno())
        if open("${mounted}/busy").read() != text: failures += 1
    except OSError:
        failures += 1
    longest = max(longest, time.time() - begun)
    writes += 1
    open("/tmp/writes", "w").write(str(writes))
    time.sleep(0.05)
open("/tmp/result", "w").write("%d %d %d" % (writes, longest * 1000, failures))
PYTHON
rm -f /tmp/stop /tmp/result /tmp/writes; nohup python3 /tmp/writer.py >/dev/null 2>&1 &`;

/** Ends the writer and gives what it counted. */
export async function stopWriter(host: string) {
  await inApplication(
    host,
    'touch /tmp/stop; timeout 60 sh -c "until [ -s /tmp/result ]; do sleep 0.5; done"',
  );
  const [writes = 0, longest = 0, failures = 0] = (await inApplication(host, "cat /tmp/result"))
    .split(" ")
    .map(Number);
  return { writes, longest, failures };
}

/** Each daemon's container and its id. */
export async function containers(): Promise<Record<string, string>> {
  const lists = await Promise.all(
    monitors.map((host) =>
      on(host, "docker inspect -f '{{.Name}} {{.Id}}' $(docker ps -q -f label=farmstack.component=ceph)"),
    ),
  );
  return Object.fromEntries(
    lists.flatMap((list) => list.split("\n").map((line) => line.split(" ") as [string, string])),
  );
}

/**
 * Asks every monitor again and again. Gives the fewest monitors that were ever in quorum, the most OSDs that were down,
 * and the longest time in milliseconds in which no monitor told of a quorum. A monitor that answers without a quorum is
 * in an election, as after every monitor's restart: that counts as time without quorum, not as a quorum of none.
 */
export function watch() {
  let over = false;
  const seen = { quorum: monitors.length, osdsDown: 0, withoutQuorum: 0 };
  let lastQuorum = Date.now();
  const watching = (async () => {
    while (!over) {
      const texts = await Promise.all(
        monitors.map((host) => ceph("status --format json", host).catch(() => undefined)),
      );
      const answers = texts.flatMap((text) => (text ? [JSON.parse(text) as Status] : []));
      for (const { osdmap } of answers)
        seen.osdsDown = Math.max(seen.osdsDown, osdmap.num_osds - osdmap.num_up_osds);
      const quorums = answers.map((answer) => answer.quorum_names.length).filter((size) => size > 0);
      seen.withoutQuorum = Math.max(seen.withoutQuorum, Date.now() - lastQuorum);
      if (quorums.length > 0) {
        lastQuorum = Date.now();
        seen.quorum = Math.min(seen.quorum, ...quorums);
      }
      await new Promise((wait) => setTimeout(wait, 1000));
    }
  })();
  return {
    async stop() {
      over = true;
      await watching;
      return seen;
    },
  };
}
