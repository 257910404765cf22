import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openStack } from "../../../tools/stack";
import { World } from "./world";

describe("the stack", () => {
  let world: World;
  let folder: string;
  beforeEach(() => {
    world = new World();
    folder = mkdtempSync(join(tmpdir(), "farmstack-stack-"));
    copyFileSync(world.stack().file, join(folder, "Pulumi.one.yaml"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
    world.remove();
  });

  it("is the only one here", async () => {
    const { name, file, settings } = await openStack({}, folder);
    expect({ name, file }).toEqual({ name: "one", file: join(folder, "Pulumi.one.yaml") });
    expect(settings.hosts[2]?.ssh?.user).toBe("farm");
  });

  it("has to be named where there are several, or none", async () => {
    writeFileSync(join(folder, "Pulumi.two.yaml"), "");
    await expect(openStack({}, folder)).rejects.toThrow("which stack? Add --stack with one of: one, two");
    await expect(openStack({}, tmpdir())).rejects.toThrow("name the stack's file with --config-file FILE");
  });

  it("may be in a file elsewhere, whose name says which it is", async () => {
    expect((await openStack({ configFile: join(folder, "Pulumi.one.yaml") }, "/")).name).toBe("one");
    await expect(openStack({ configFile: "other.yaml" }, folder)).rejects.toThrow("Add --stack NAME");
  });

  it("with faults is refused with all of them", async () => {
    writeFileSync(join(folder, "Pulumi.bad.yaml"), "config: { 'farmstack:hosts': [{ nme: a }] }");
    const opened = openStack({ stack: "bad" }, folder);
    await expect(opened).rejects.toThrow("hosts[0].nme: unknown key, did you mean name?");
    await expect(opened).rejects.toThrow("ceph: missing");
  });
});
