import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { catalog } from "../../../components/images";
import { harborContentsOf, harborOf, imageSourcesOf, validate } from "../../../config";
import { faultsOf } from "../../../config/validate";
import { completeSettings, smallestSettings } from "./samples";

type Json = any; // eslint-disable-line @typescript-eslint/no-explicit-any

const faults = (change: (harbor: Json, settings: Json) => void) => {
  const settings = completeSettings();
  change(settings.harbor, settings);
  return faultsOf(settings, "test").map(({ path, problem }) => `${path}: ${problem}`);
};

describe("faults of harbor", () => {
  it.each<[string, (harbor: Json, settings: Json) => void, string[]]>([
    [
      "a host that is none",
      (h) => (h.host = "host9"),
      ['harbor.host: "host9" is not one of the hosts (host1, host2, host3)'],
    ],
    ["no name", (h) => delete h.hostname, ["harbor.hostname: missing"]],
    [
      "a misspelled name",
      (h) => {
        h.hostnam = h.hostname;
        delete h.hostname;
      },
      ["harbor.hostnam: unknown key, did you mean hostname?"],
    ],
    [
      "an address as its name",
      (h) => (h.hostname = "192.0.2.11"),
      ["harbor.hostname: expected a DNS name with a dot, such as registry.example.com"],
    ],
    [
      "a bad release",
      (h) => (h.version = "2.15.3"),
      ["harbor.version: 2.15.3 is a bad release, taken back by its project: use 2.15.4, or stay with 2.14"],
    ],
    [
      "a port that the log store's pages have",
      (h, s) => {
        s.logging.hosts = ["host2"];
        h.ports = {};
        s.logging.entry.port = 443;
      },
      ["harbor.ports.https: is already the port of logging.entry"],
    ],
    [
      "a port of the log store itself",
      (h, s) => {
        s.logging.hosts = ["host2"];
        h.ports = { metrics: 9200 };
      },
      ["harbor.ports.metrics: is already the port of the log store (http)"],
    ],
    [
      "a port of the control plane",
      (h, s) => {
        s.kubernetes.endpoint.port = 8444;
        h.host = s.kubernetes.controlPlane[0];
        h.ports = { https: 8444, http: 6443 };
      },
      [
        "harbor.ports.https: is already the port of kubernetes.endpoint",
        "harbor.ports.http: is already the port of the API of Kubernetes",
      ],
    ],
    [
      "a port of Ceph's",
      (h, s) => {
        h.host = s.ceph.managers[0];
        s.kubernetes.endpoint.port = 7443;
        s.logging.entry.port = 7444;
        h.ports = { https: 8443, http: 9283 };
      },
      [
        "harbor.ports.https: is already the port of Ceph's dashboard",
        "harbor.ports.http: is already the port of Ceph's metrics",
      ],
    ],
    [
      "a mirror that is this Harbor, without a project",
      (_, s) => (s.images.mirror = "registry.example.com:8444"),
      [
        "images.mirror: expected one of harbor.projects behind registry.example.com:8444, such as registry.example.com:8444/farmstack",
      ],
    ],
    [
      "a mirror that is a cache",
      (_, s) => (s.images.mirror = "registry.example.com:8444/hub/x"),
      ["images.mirror: hub is a cache, and takes no push: use another project"],
    ],
    ["a port twice", (h) => (h.ports = { http: 443 }), ["harbor.ports.http: is already the port of https"]],
    [
      "two storages",
      (h) => (h.storage.directory = "/srv/x"),
      ["harbor.storage: expected either directory or s3"],
    ],
    [
      "an unknown registry",
      (h) => (h.projects[1].cacheOf = "hubb"),
      ['harbor.projects[1].cacheOf: harbor.registries has no "hubb", did you mean hub?'],
    ],
    [
      "an unknown project",
      (h) => (h.robots[0].projects = ["*", "x"]),
      ['harbor.robots[0].projects[1]: harbor.projects has no "x", there are: shop, hub'],
    ],
    [
      "a name twice",
      (h) => h.robots.push({ ...h.robots[0] }),
      ['harbor.robots[1].name: "jenkins" is already the name of robots[0]'],
    ],
    [
      "an event that nobody hears",
      (h) => (h.replications[0].direction = "pull"),
      [
        "harbor.replications[0].schedule: event is for push: Harbor hears nothing of what changes in another registry",
      ],
    ],
    [
      "five fields of cron",
      (h) => (h.garbageCollection.schedule = "0 3 * * 0"),
      [
        "harbor.garbageCollection.schedule: expected six fields of cron with seconds in front, such as 0 0 3 * * *",
      ],
    ],
    [
      "scans without a scanner",
      (h) => delete h.scanner,
      [
        "harbor.projects[0].scan: needs harbor.scanner",
        "harbor.projects[0].blockFrom: needs harbor.scanner",
        "harbor.scanAll: needs harbor.scanner",
      ],
    ],
    [
      "a rule of two minds",
      (h) => (h.projects[0].retention.rules[0].days = 3),
      ["harbor.projects[0].retention.rules[0]: expected either latest or days"],
    ],
  ])("%s", (_, change, expected) => {
    expect(faults(change)).toEqual(expected);
  });

  it("none without it", () => {
    expect(validate({ ...smallestSettings(), harbor: {} }).harbor.host).toBeUndefined();
  });
});

describe("images", () => {
  const direct = (mirror?: string, ports?: object) => {
    const raw: Json = {
      ...smallestSettings(),
      images: { mirror },
      harbor: { hostname: "r.example.com", ports },
    };
    raw.harbor.host = raw.hosts[0].name;
    raw.harbor.projects = [{ name: "farm" }];
    const { images, harbor } = validate(raw);
    return imageSourcesOf(images, harbor).direct;
  };

  it("of a Harbor that is the stack's mirror come from elsewhere", () => {
    const { harbor } = { harbor: Object.keys(catalog).filter((name) => name.startsWith("harbor")) };
    expect([...(direct("r.example.com/farm") ?? [])].sort()).toEqual(harbor.sort());
    expect(direct("r.example.com:8444/farm", { https: 8444 })).toHaveLength(harbor.length);
  });

  it("come from the mirror when that is another", () => {
    expect(direct("r.example.com/farm", { https: 8444 })).toBeUndefined();
    expect(direct("other.example.com/farm")).toBeUndefined();
    expect(direct()).toBeUndefined();
  });
});

describe("arguments of Harbor", () => {
  const folder = mkdtempSync(join(tmpdir(), "farmstack-test-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };

  it("have what is in the files", () => {
    const raw = completeSettings();
    const { harbor } = raw;
    harbor.tls = {
      certificateFile: file("crt", "CRT"),
      keyFile: file("key", "KEY"),
      caFile: file("ca", "CA"),
    };
    harbor.storage.s3.secretKeyFile = file("bucket", "BUCKET\n");
    harbor.database.passwordFile = file("db", "DB\n");
    harbor.cache.passwordFile = file("cache", "CACHE\n");
    harbor.registries[0]!.passwordFile = file("hub", "HUB\n");
    harbor.trustedCaFiles = [file("trusted", "TRUSTED")];
    const settings = validate(raw).harbor;
    expect(harborOf(settings)).toMatchObject({
      hostname: "registry.example.com",
      ports: { https: 8444, http: 8080 },
      metricsPort: 9091,
      tls: { certificate: "CRT", key: "KEY", ca: "CA" },
      storage: { bucket: "images", secretKey: "BUCKET" },
      database: { user: "harbor", password: "DB" },
      cache: { address: "192.0.2.50:6379", password: "CACHE" },
      trustedCas: ["TRUSTED"],
    });
    expect(JSON.stringify(harborOf(settings))).not.toContain("File");
    expect(harborContentsOf(settings).registries).toMatchObject([{ name: "hub", password: "HUB" }]);
  });

  it("name a file that can't be read", () => {
    const { harbor } = validate(completeSettings());
    expect(() =>
      harborContentsOf({ ...harbor, registries: [{ ...harbor.registries[0]!, passwordFile: "/nowhere" }] }),
    ).toThrow("harbor: /nowhere can't be read: ENOENT");
  });
});
