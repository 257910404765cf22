import { readFileSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { renderRotation, renderRotate, rotate } from "../../../tools/ceph/rotate";
import { smallestSettings } from "../config/samples";
import { World } from "./world";

describe("rotate", () => {
  let world: World;
  beforeEach(() => {
    world = new World();
  });
  afterEach(() => world.remove());

  const clients = [
    { name: "web", pool: "rbd" },
    { name: "backup", pool: "rbd", rotation: 4 },
  ];
  const stack = () => world.stack({ pools: [{ name: "rbd" }], clients });

  it("raises the number of a client's key", async () => {
    const opened = stack();
    writeFileSync(
      opened.file,
      readFileSync(opened.file, "utf8").replace("rotation: 4", "rotation: 4 # yearly"),
    );
    const result = await rotate(opened, "backup");
    expect(result.rotation).toBe(5);
    expect(readFileSync(opened.file, "utf8")).toContain("rotation: 5 # yearly\n");
    expect(renderRotate(result, "test")).toContain(
      "The next pulumi up --stack test makes a new key for client.backup",
    );
    expect((await rotate(opened, "web")).rotation).toBe(1);
    expect(readFileSync(opened.file, "utf8")).toMatch(/name: web\n +rotation: 1\n +pool: rbd\n/);
  });

  it("names a near miss", async () => {
    await expect(rotate(stack(), "bakup")).rejects.toThrow("ceph.clients has no bakup; did you mean backup?");
    await expect(rotate(world.stack(), "web")).rejects.toThrow("there are: none");
  });

  const file = (client: string) => {
    const { hosts, ceph } = smallestSettings();
    const rest = stringify({
      "farmstack:hosts": hosts,
      "farmstack:ceph": { ...ceph, pools: [{ name: "rbd" }] },
    });
    return `config:\n${rest.replace(/^/gm, "  ").trimEnd()}\n    clients:\n${client.replace(/^/gm, "      ")}\n`;
  };

  it.each([
    ["flow style", "- { name: web, pool: rbd } # x", "- { name: web, rotation: 1, pool: rbd } # x"],
    ["a number", "- { rotation: 0, name: web, pool: rbd }", "- { rotation: 1, name: web, pool: rbd }"],
    ["block style", "- pool: rbd\n  name: web # x", "- pool: rbd\n  name: web # x\n  rotation: 1"],
  ])("keeps the form of the file: %s", (_, before, after) => {
    expect(renderRotation(file(before), "web", 1)).toBe(file(after));
  });

  it("leaves a file that it can't edit to the operator", () => {
    expect(() => renderRotation("config: {}", "web", 1)).toThrow(
      "set it by hand in ceph.clients, web: rotation: 1",
    );
  });
});
