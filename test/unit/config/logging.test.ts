import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type Host } from "../../../components/hosts";
import { loggingOf } from "../../../config";
import { faultsOf, validate } from "../../../config/validate";
import { completeSettings, smallestSettings } from "./samples";

type Group = Record<string, unknown>;

describe("logging", () => {
  const faults = (logging: Group, ceph: Group = {}) => {
    const all = completeSettings();
    return faultsOf({ ...all, ceph: { ...all.ceph, ...ceph }, logging }, "test").map(
      ({ path, problem }) => `${path}: ${problem}`,
    );
  };
  const one = { hosts: ["host1"], entry: { allow: ["192.0.2.0/24"] } };
  const three = { ...one, hosts: ["host1", "host2", "host3"] };

  it("is none, or has defaults", () => {
    expect(validate(smallestSettings()).logging.hosts).toEqual([]);
    const { logging } = validate({
      ...smallestSettings(),
      logging: { ...one, kibana: {}, repository: { path: "/srv/logs" } },
    });
    expect(logging).toMatchObject({
      kibana: { memoryMiB: 2048 },
      repository: { at: "01:30", keep: 14 },
      entry: { port: 443 },
    });
    expect(logging.heapMiB).toBeUndefined();
  });

  it.each<[Group, string]>([
    [
      { retention: { days: 3 } },
      "logging.hosts: expected 1 or 3 hosts: without one there is nothing to set (retention)",
    ],
    [{ ...one, hosts: ["host1", "host2"] }, "logging.hosts: expected 1 or 3 hosts, found 2"],
    [{ ...one, hosts: ["host4"] }, 'logging.hosts[0]: "host4" is not one of the hosts'],
    [{ ...three, hosts: ["host1", "host2", "host1"] }, 'logging.hosts[2]: "host1" is already in hosts[0]'],
    [{ ...one, heapMiB: 3500 }, "logging.heapMiB: expected at most 3072, three quarters of memoryMiB (4096)"],
    [{ ...one, memoryMiB: 512 }, "logging.memoryMiB: expected at least 768"],
    [{ hosts: ["host1"] }, "logging.entry: missing: who may come in"],
    [{ hosts: ["host1"], entry: { allow: [] } }, "logging.entry.allow: expected at least 1 entry"],
    [{ hosts: ["host1"], entry: { allow: ["192.0.2.1"] } }, "logging.entry.allow[0]: expected a network"],
    [{ ...one, entry: { ...one.entry, to: "kibana" } }, "logging.entry.to: there is no Kibana"],
    [
      { ...one, entry: { ...one.entry, port: 9200 } },
      "logging.entry.port: 9200 is a port of the log store itself (http)",
    ],
    [
      { ...one, entry: { ...one.entry, publicUrl: "http://logs" } },
      "logging.entry.publicUrl: expected an https:// URL",
    ],
    [
      { ...three, repository: { path: "/var/logs" } },
      "logging.repository.path: expected a directory below one of ceph.mounts",
    ],
    [
      { ...three, repository: { path: "/mnt/cephfs/logs" } },
      "logging.repository.path: /mnt/cephfs can't be written",
    ],
    [
      { ...one, repository: { path: "/srv/logs", at: "1:30" } },
      "logging.repository.at: expected a time of day",
    ],
    [
      { ...one, receiver: { kind: "logstsh" } },
      "logging.receiver.kind: expected logstash or standin, did you mean logstash?",
    ],
    [{ ...one, rotation: { elastik: 1 } }, "logging.rotation.elastik: unknown key, did you mean elastic?"],
    [{ ...one, retension: {} }, "logging.retension: unknown key, did you mean retention?"],
  ])("%j", (logging, fault) => {
    expect(faults(logging)).toEqual([expect.stringContaining(fault)]);
  });

  it("names the hosts of the store that lack the mount of its copies", () => {
    const mounts = [{ filesystem: "cephfs", path: "/mnt/logs", hosts: ["host1"] }];
    const [fault] = faults({ ...three, repository: { path: "/mnt/logs/copies" } }, { mounts }).filter(
      (line) => line.startsWith("logging"),
    );
    expect(fault).toBe("logging.repository.path: /mnt/logs is not mounted on host2, host3");
    expect(faults({ ...one, repository: { path: "/var/logs" } })).toEqual([]); // one host shares with nobody
  });

  describe("its arguments", () => {
    const folder = mkdtempSync(join(tmpdir(), "farmstack-webhook-"));
    afterAll(() => rmSync(folder, { recursive: true }));
    const host = { hostName: "host1" } as Host;

    it("are none without a host", () => {
      expect(loggingOf(validate(smallestSettings()).logging, [], true)).toBeUndefined();
    });

    it("have the webhook of a file, as a secret", async () => {
      const webhookFile = join(folder, "webhook");
      writeFileSync(webhookFile, "https://chat.example/s3cret\n");
      const { logging } = validate({ ...smallestSettings(), logging: { ...one, webhookFile } });
      const args = loggingOf(logging, [host], false);
      expect(args).toMatchObject({ hosts: [host], protect: false, memoryMiB: 4096 });
      expect(args).not.toHaveProperty("webhookFile");
      const webhook = args?.webhook as unknown as { isSecret: Promise<boolean>; promise(): Promise<string> };
      expect(await webhook.isSecret).toBe(true);
      expect(await webhook.promise()).toBe("https://chat.example/s3cret");
    });
  });
});
