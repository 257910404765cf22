import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { validate } from "../../../config";
import { handOver, ownArguments, renderParts } from "../../../tools/hand-over/hand-over";
import { partsOf, verbs } from "../../../tools/hand-over/parts";
import { completeSettings } from "../config/samples";
import { World } from "./world";

describe("what can be saved, brought back and rotated", () => {
  const stack = { name: "prod", file: "Pulumi.prod.yaml", settings: validate(completeSettings()) };
  const commands = (verb: (typeof verbs)[number]) =>
    partsOf(verb, stack, { stack: "prod" }).map(({ command }) => command);

  it("is each part of a stack, with what to type", () => {
    expect(commands("backup")).toMatchInlineSnapshot(`
      [
        "npm run backup -- --stack prod ceph DIRECTORY",
        "npm run backup -- --stack prod kubernetes",
        "npm run backup -- --stack prod mongodb mongo",
        "npm run backup -- --stack prod logging",
        "npm run backup -- --stack prod harbor DIRECTORY",
      ]
    `);
    expect(commands("restore")).toMatchInlineSnapshot(`
      [
        "npm run restore -- --stack prod ceph DIRECTORY",
        "npm run restore -- --stack prod kubernetes SNAPSHOT",
        "npm run restore -- --stack prod mongodb mongo BACKUP",
        "npm run restore -- --stack prod logging SNAPSHOT",
        "npm run restore -- --stack prod harbor DIRECTORY",
      ]
    `);
    expect(commands("rotate")).toMatchInlineSnapshot(`
      [
        "npm run rotate -- --stack prod ceph reader",
        "npm run rotate -- --stack prod mongodb mongo",
        "npm run rotate -- --stack prod logging elastic",
        "npm run rotate -- --stack prod logging kibana_system",
        "npm run rotate -- --stack prod logging writer",
        "npm run rotate -- --stack prod logging reader",
        "npm run rotate -- --stack prod logging keeper",
        "npm run rotate -- --stack prod harbor",
        "npm run rotate -- --stack prod harbor jenkins",
      ]
    `);
  });

  it("is no part that the stack does not have, or does not save", () => {
    const { hosts, ceph } = completeSettings();
    const settings = validate({ hosts, ceph: { ...ceph, clients: [], mounts: [] } });
    const bare = { ...stack, settings };
    expect(verbs.map((verb) => partsOf(verb, bare).map(({ system }) => system))).toEqual([
      ["ceph"],
      ["ceph"],
      [],
    ]);
    expect(renderParts("rotate", "prod", [])).toBe("stack prod has nothing to rotate");
  });

  it("are the system's own arguments, with those that came before it", () => {
    const chosen = { stack: "prod", configFile: "a file" };
    expect(ownArguments("backup", "logging", chosen, true, ["--help"])).toEqual([
      ...["--stack", "prod", "--config-file", "a file", "save", "--json", "--help"],
    ]);
    expect(ownArguments("restore", "kubernetes", {}, false, ["a.db", "--yes"])).toEqual([
      "restore",
      "a.db",
      "--yes",
    ]);
  });
});

describe("npm run backup, restore, rotate", () => {
  let world: World;
  let printed: string;
  let file: string;
  beforeEach(() => {
    world = new World();
    file = world.stack({
      clients: [{ name: "web", access: "read", filesystem: "files" }],
      filesystems: ["files"],
      metadataServers: ["host1"],
    }).file;
    printed = "";
    vi.spyOn(process.stdout, "write").mockImplementation((text) => {
      printed += String(text);
      return true;
    });
  });
  afterEach(() => {
    vi.restoreAllMocks();
    world.remove();
  });

  it("list the parts of a stack", async () => {
    await handOver("rotate").parseAsync(["--config-file", file, "--json"], { from: "user" });
    expect(JSON.parse(printed)).toEqual({
      stack: "test",
      parts: [
        {
          system: "ceph",
          what: "key of the client web",
          command: `npm run rotate -- --config-file ${file} ceph web`,
        },
      ],
    });
  });

  it("hand over to the system's own command", async () => {
    await handOver("rotate").parseAsync(["--config-file", file, "--json", "ceph", "web"], { from: "user" });
    expect(JSON.parse(printed)).toEqual({ client: "web", file, rotation: 1 });
    expect(readFileSync(file, "utf8")).toContain("rotation: 1");
    await expect(
      handOver("rotate").parseAsync(["ceph", "wbe", "--config-file", file], { from: "user" }),
    ).rejects.toThrow("ceph.clients has no wbe; there are: web");
  });

  it("refuse a system that has no such command", async () => {
    const rotate = handOver("rotate")
      .exitOverride()
      .configureOutput({ writeErr: () => undefined });
    await expect(rotate.parseAsync(["kubernetes"], { from: "user" })).rejects.toThrow(
      "Allowed choices are ceph, mongodb, logging, harbor.",
    );
  });
});
