import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EngineStack, exampleConfig } from "./stack";

describe("an OSD that is taken out of the configuration", () => {
  let stack: EngineStack;
  let other: EngineStack;
  const config = { ...exampleConfig(["a"]), "farmstack:protectData": true };
  const containers = (of = stack) => of.world.hosts["192.0.2.11"]?.containers.map(({ name }) => name).sort();
  beforeAll(async () => {
    stack = await EngineStack.create(config);
    await stack.up();
    other = await stack.copy();
    await stack.configure({ ...config, "farmstack:ceph": { ...config["farmstack:ceph"], osds: [] } });
  });
  afterAll(() => Promise.all([stack.remove(), other.remove()]));

  it("is not stopped while its data is not safe elsewhere", async () => {
    const before = containers();
    const unsafe = { match: "osd safe-to-destroy 0", stdout: "Error EBUSY: OSD(s) 0 have 33 pgs", code: 16 };
    stack.changeWorld({ answers: [unsafe] });
    const { code, stdout } = await stack.run("up", "--yes", "--skip-preview");
    expect(code).not.toBe(0);
    expect(stdout).toContain("OSD 0 (ceph-osd-a-osd0) is no longer in the configuration");
    expect(stdout).toContain("OSD(s) 0 have 33 pgs. It was not stopped.");
    expect(containers()).toEqual(before);
  });

  it("goes when the cluster can do without it", async () => {
    stack.changeWorld({ answers: [] });
    await stack.up();
    expect(containers()).toEqual(["ceph-mds-a", "ceph-mgr-a", "ceph-mon-a", "ceph-mount-a-mnt-files"]);
  });

  it("goes without a question in the very run that takes the protection away", async () => {
    expect(containers(other)).toContain("ceph-osd-a-osd0");
    const open = { ...config, "farmstack:protectData": false };
    await other.configure({ ...open, "farmstack:ceph": { ...config["farmstack:ceph"], osds: [] } });
    other.changeWorld({ answers: [{ match: "osd safe-to-destroy 0", stdout: "Error EBUSY", code: 16 }] });
    await other.up();
    expect(containers(other)).not.toContain("ceph-osd-a-osd0");
  });
});
