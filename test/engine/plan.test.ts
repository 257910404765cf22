import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EngineStack, exampleConfig } from "./stack";

describe("a stack on the real engine", () => {
  let stack: EngineStack;
  beforeAll(async () => {
    stack = await EngineStack.create();
  });
  afterAll(() => stack.remove());

  it("is planned without reaching a host", async () => {
    const { code, stdout } = await stack.run("preview", "--diff");
    expect(code, stdout).toBe(0);
    expect(stdout).toContain("a-prepare");
    expect(stdout).toContain("ceph-mon-c-container");
    expect(stack.world.operations).toBe(0);
  });

  it("is created in order", async () => {
    await stack.up("--diff");
    const containers = Object.entries(stack.world.hosts).map(([address, { containers }]) => [
      address,
      containers.map(({ name }) => name).sort(),
    ]);
    expect(Object.fromEntries(containers)).toEqual({
      "192.0.2.11": ["ceph-mds-a", "ceph-mgr-a", "ceph-mon-a", "ceph-osd-a-osd0"],
      "192.0.2.12": ["ceph-mgr-b", "ceph-mon-b", "ceph-osd-b-osd0"],
      "192.0.2.13": ["ceph-mon-c", "ceph-mount-c-mnt-files", "ceph-osd-c-osd0"],
    });
    const { log } = stack.world;
    const at = (name: string) => log.findIndex((entry) => entry.name === name);
    for (const [first, then] of [
      ["a-prepare", "a-image-ceph"],
      ["a-image-ceph", "a-ceph-mon-a-store"],
      ["a-ceph-mon-a-store", "ceph-mon-a-container"],
      ["a-ceph-mon-a-back", "ceph-mon-b-container"],
      ["b-ceph-mon-b-back", "ceph-mon-c-container"],
      ["c-ceph-mon-c-back", "a-ceph-quorum"],
      ["a-ceph-quorum", "a-ceph-grant-mgr-a"],
      ["a-ceph-grant-mgr-a", "ceph-mgr-a-container"],
      ["a-ceph-quorum", "a-ceph-setting-osd-osd_memory_target"],
      ["a-ceph-setting-osd-osd_memory_target", "ceph-mgr-a-container"],
      ["a-ceph-mgr-a-back", "ceph-mgr-b-container"],
      ["b-ceph-mgr-b-back", "b-ceph-osd-b-osd0-store"],
      ["b-ceph-osd-b-osd0-store", "ceph-osd-b-osd0-container"],
      ["b-ceph-mgr-b-back", "ceph-osd-a-osd0-container"],
      ["a-ceph-osd-a-osd0-back", "ceph-osd-b-osd0-container"],
      ["c-ceph-osd-c-osd0-back", "ceph-mds-a-container"],
      ["a-ceph-mds-a-back", "a-ceph-module-dashboard"],
      ["a-ceph-mds-a-back", "a-ceph-fs-files"],
      ["a-ceph-mds-a-back", "a-ceph-pool-disks"],
      ["a-ceph-fs-files", "a-ceph-grant-client-reader"],
      ["a-ceph-pool-disks", "a-ceph-grant-client-reader"],
      ["a-ceph-fs-files", "a-ceph-grant-client-mount-mnt-files"],
      ["a-ceph-grant-client-mount-mnt-files", "c-ceph-mount-mnt-files-directory"],
      ["c-ceph-mount-mnt-files-directory", "ceph-mount-c-mnt-files-container"],
      ["ceph-mount-c-mnt-files-container", "c-ceph-mount-mnt-files-there"],
    ] as const) {
      expect(at(first), first).toBeGreaterThanOrEqual(0);
      expect(at(first), `${first} before ${then}`).toBeLessThan(at(then));
    }
    // The hosts don't wait for each other.
    const prepared = (await stack.resources()).find(({ name }) => name === "b-prepare");
    expect(prepared?.dependencies).toEqual([]);
  });

  it("has nothing left to do, nor does a refresh find anything", async () => {
    await stack.up("--refresh", "--expect-no-changes");
  });

  it("makes a container again that a refresh finds gone", async () => {
    const { hosts } = stack.world;
    const host = hosts["192.0.2.12"];
    if (host) host.containers = host.containers.filter(({ name }) => name !== "ceph-mon-b");
    stack.changeWorld({ hosts });
    expect(await stack.up("--refresh")).toMatch(/ceph-mon-b-container.*create/);
    expect(stack.world.hosts["192.0.2.12"]?.containers.map(({ name }) => name)).toContain("ceph-mon-b");
  });

  it("plans a further OSD, a client's other key, an option and a module less without touching a daemon", async () => {
    const config = exampleConfig();
    const ceph = config["farmstack:ceph"];
    (ceph.osds as object[]).splice(1, 0, { host: "a", device: "/dev/disk/by-id/ata-EXAMPLE" });
    ceph.clients = [{ name: "reader", filesystem: "files", access: "read", rotation: 1 }];
    ceph.settings = { mon: { mon_data_avail_warn: 5 } };
    ceph.managerModules = [];
    await stack.configure(config);
    const { stdout } = await stack.run("preview", "--json");
    const { steps } = JSON.parse(stdout) as { steps: { op: string; urn: string }[] };
    const changed = steps
      .filter(({ op }) => op !== "same")
      .map(({ op, urn }) => `${op} ${urn.split("::").pop()}`);
    const ofOsd = changed.filter((step) => step.includes("a-ata-EXAMPLE"));
    expect(ofOsd).toContain("create ceph-osd-a-ata-EXAMPLE-container");
    expect(ofOsd.filter((step) => !step.startsWith("create "))).toEqual([]);
    expect(changed.filter((step) => !ofOsd.includes(step)).sort()).toEqual([
      "create a-ceph-setting-mon-mon_data_avail_warn",
      "delete a-ceph-module-dashboard",
      "delete ceph-dashboard-password",
      "replace ceph-key-client-reader",
      "update a-ceph-grant-client-reader",
    ]);
  });

  it("changes one daemon at a time, stops at a gate that fails, and goes on from there", async () => {
    const config = exampleConfig();
    config["farmstack:images"] = { overrides: { ceph: "quay.io/ceph/ceph:v20.2.5" } };
    await stack.configure(config);
    stack.changeWorld({
      log: [],
      faults: [{ name: "b-ceph-mon-b-back", operation: "update", when: "before", action: "fail", times: 1 }],
    });
    const daemons = () =>
      stack.world.log
        .filter(({ type, name }) => type.includes("Container") || /-back|-quorum|-may-change/.test(name))
        .map(({ operation, name }) => `${operation} ${name}`);
    // What happens to a daemon, up to the gate behind it.
    // A manager is never asked for, nor the only metadata server.
    const changed = (kind: string, host: string, store = "") => [
      ...(["mgr", "mds"].includes(kind) ? [] : [`update ${host}-ceph-${kind}-${host}${store}-may-change`]),
      `delete ceph-${kind}-${host}${store}-container`,
      `create ceph-${kind}-${host}${store}-container`,
    ];
    const back = (kind: string, host: string, store = "") =>
      `update ${host}-ceph-${kind}-${host}${store}-back`;

    await expect(stack.up("--diff")).rejects.toThrow("b-ceph-mon-b-back");
    const before = [...changed("mon", "a"), back("mon", "a"), ...changed("mon", "b")];
    expect(daemons()).toEqual(before);

    await stack.up();
    expect(daemons()).toEqual([
      ...before,
      back("mon", "b"),
      ...changed("mon", "c"),
      back("mon", "c"),
      "update a-ceph-quorum",
      ...["a", "b"].flatMap((host) => [...changed("mgr", host), back("mgr", host)]),
      ...["a", "b", "c"].flatMap((host) => [...changed("osd", host, "-osd0"), back("osd", host, "-osd0")]),
      ...changed("mds", "a"),
      back("mds", "a"),
      "delete ceph-mount-c-mnt-files-container",
      "create ceph-mount-c-mnt-files-container",
    ]);
  });

  it("has no generated secret in clear in its state or in anything that was printed", async () => {
    const printed = stack.printed;
    expect(printed).toContain("ceph-mon-a-container");
    const { stdout } = await stack.pulumi(["stack", "export", "--show-secrets", "--stack", "test"]);
    const shown = JSON.parse(stdout) as { deployment: { resources: Exported[] } };
    const secrets = shown.deployment.resources
      .filter(({ type }) => /^random:index\/random(Bytes|Password):/.test(type))
      .flatMap(({ outputs = {} }) => [outputs.base64, outputs.hex, outputs.result])
      .filter((secret) => secret !== undefined)
      .map((secret) => JSON.parse((secret as { plaintext: string }).plaintext) as string);
    expect(secrets).toHaveLength(21); // two forms of ten keys, and a password
    // A cephx key ends with the same base64, without its padding where it has more after it.
    const forms = secrets.map((secret) => secret.replace(/=+$/, ""));
    for (const text of [await stack.stateText(), printed])
      expect(forms.filter((form) => text.includes(form))).toEqual([]);
  });
});

interface Exported {
  type: string;
  outputs?: { base64?: unknown; hex?: unknown; result?: unknown };
}
