import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { daemonArguments } from "../../../lab/docker/daemon";
import { labRules, undoRules } from "../../../lab/docker/firewall";
import { changes, type Machine } from "../../../lab/docker/machine";
import { lacksSysResource } from "../../../lab/docker/runtime";
import { projectRoot } from "../../../lab/paths";
import { run } from "../../../lab/run";

const full = "Name:\tnode\nCapBnd:\t000001ffffffffff\n";
const without = "Name:\tnode\nCapBnd:\t000001fffeffffff\n";

describe("a machine that lacks CAP_SYS_RESOURCE", () => {
  it("is told by the bounding set", () => {
    expect(lacksSysResource(full)).toBe(false);
    expect(lacksSysResource(without)).toBe(true);
    expect(lacksSysResource("Name:\tnode\n")).toBe(false);
  });

  it("alone gets the wrapper around runc", () => {
    expect(daemonArguments(full)).not.toContain("--default-runtime");
    expect(daemonArguments(without)).toContain("--default-runtime");
  });
});

describe("the wrapper around runc", () => {
  const wrapper = join(projectRoot, "lab/docker/runc-without-sys-resource");
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "farmstack-runc-"));
    writeFileSync(join(folder, "runc"), '#!/bin/sh\nprintf "%s\\n" "$@"\n');
    chmodSync(join(folder, "runc"), 0o755);
    mkdirSync(join(folder, "bundle"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const wrapped = (...args: string[]) =>
    run(wrapper, args, { env: { ...process.env, PATH: `${folder}:${process.env.PATH}` } });

  it.each([
    ["first", ["CAP_SYS_RESOURCE", "CAP_KILL"]],
    ["in the middle", ["CAP_CHOWN", "CAP_SYS_RESOURCE", "CAP_KILL"]],
    ["last", ["CAP_CHOWN", "CAP_SYS_RESOURCE"]],
    ["alone", ["CAP_SYS_RESOURCE"]],
  ])("takes the capability out where it stands %s", async (_where, list) => {
    const file = join(folder, "bundle/config.json");
    writeFileSync(file, JSON.stringify({ process: { capabilities: { bounding: list, effective: list } } }));
    const { stdout } = await wrapped("--root", "/r", "create", "--bundle", join(folder, "bundle"), "a b");
    const left = list.filter((name) => name !== "CAP_SYS_RESOURCE");
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({
      process: { capabilities: { bounding: left, effective: left } },
    });
    expect(stdout.split("\n").slice(-2)).toEqual(["a b", ""]);
  });

  it("does the same for a process that joins a container", async () => {
    const file = join(folder, "process.json");
    writeFileSync(
      file,
      '{"args":["sh","-c","echo CAP_SYS_RESOURCE"],"capabilities":{"bounding":["CAP_KILL","CAP_SYS_RESOURCE"]}}',
    );
    await wrapped("exec", "--process", file, "id");
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({
      args: ["sh", "-c", "echo CAP_SYS_RESOURCE"],
      capabilities: { bounding: ["CAP_KILL"] },
    });
  });

  it("passes everything else on", async () => {
    expect((await wrapped("state", "x")).stdout).toBe("state\nx\n");
  });
});

const saved = (table: string, ...lines: string[]) => [`*${table}`, ...lines, "COMMIT", ""].join("\n");
const clean = saved("filter", ":INPUT ACCEPT [0:0]", ":FORWARD ACCEPT [0:0]", ":OUTPUT ACCEPT [0:0]");
const docker = saved(
  "filter",
  ":INPUT ACCEPT [7:7]",
  ":FORWARD DROP [0:0]",
  ":OUTPUT ACCEPT [0:0]",
  ":DOCKER - [0:0]",
  ":DOCKER-USER - [0:0]",
  ":mine - [0:0]",
  "-A INPUT -s 192.0.2.1/32 -j mine",
  "-A FORWARD -j DOCKER-USER",
  '-A FORWARD -o lab0 -m comment --comment "two words" -j ACCEPT',
  "-A DOCKER-USER -j RETURN",
);

describe("the firewall after Docker", () => {
  it("is brought back by rules, then chains, then the policy; what others added stays", () => {
    expect(undoRules(clean, docker)).toEqual([
      ["-t", "filter", "-D", "FORWARD", "-j", "DOCKER-USER"],
      [
        "-t",
        "filter",
        "-D",
        "FORWARD",
        "-o",
        "lab0",
        "-m",
        "comment",
        "--comment",
        "two words",
        "-j",
        "ACCEPT",
      ],
      ["-t", "filter", "-D", "DOCKER-USER", "-j", "RETURN"],
      ["-t", "filter", "-F", "DOCKER"],
      ["-t", "filter", "-F", "DOCKER-USER"],
      ["-t", "filter", "-X", "DOCKER"],
      ["-t", "filter", "-X", "DOCKER-USER"],
      ["-t", "filter", "-P", "FORWARD", "ACCEPT"],
    ]);
  });

  it("needs nothing when Docker was there before, whatever the counters say", () => {
    expect(undoRules(docker, docker.replace("[7:7]", "[8:8]"))).toEqual([]);
    expect(undoRules(clean, clean)).toEqual([]);
  });

  it("accepts forwarding again where there was no firewall at all", () => {
    expect(undoRules("", docker)).toContainEqual(["-t", "filter", "-P", "FORWARD", "ACCEPT"]);
  });

  it("shows the lab's own rules", () => {
    const nat = saved(
      "nat",
      "-A POSTROUTING -s 10.77.0.0/24 ! -o lab0 -j MASQUERADE",
      "-A POSTROUTING -s 10.7.0.0/24",
    );
    expect(labRules(docker + nat)).toEqual([
      'filter: -A FORWARD -o lab0 -m comment --comment "two words" -j ACCEPT',
      "nat: -A POSTROUTING -s 10.77.0.0/24 ! -o lab0 -j MASQUERADE",
    ]);
  });
});

describe("what changed on the machine", () => {
  const before: Machine = {
    rules: clean,
    settings: { "net/ipv4/ip_forward": "0", "kernel/panic": null },
    traces: [],
  };

  it("is nothing when nothing did", () => expect(changes(before, before)).toEqual([]));

  it("names settings and files; a setting that came with a module is no change", () => {
    const now = {
      rules: clean,
      settings: { "net/ipv4/ip_forward": "1", "kernel/panic": "1" },
      traces: ["/run/docker"],
    };
    expect(changes(before, now)).toEqual(["setting net/ipv4/ip_forward was 0", "file /run/docker"]);
  });
});
