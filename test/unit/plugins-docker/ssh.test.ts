import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { commandFor, disconnect, hostLabel, onDaemon } from "../../../lab/plugins/docker/connection";
import { dialArguments } from "../../../lab/plugins/docker/ssh-agent";
import { FakeDaemon } from "./fake-daemon";

const config = { host: "ssh://root@10.77.0.11:2222", sshOpts: ["-o", "HostKeyAlias=host1"] };

describe("the command line of ssh", () => {
  it("is the one of Docker's own client", () => {
    const target = { host: "10.77.0.11", user: "root", port: "2222", options: ["-o", "HostKeyAlias=host1"] };
    expect(dialArguments(target).join(" ")).toBe(
      "-o ConnectTimeout=30 -T -o HostKeyAlias=host1 -l root -p 2222 -- 10.77.0.11 docker system dial-stdio",
    );
    expect(dialArguments({ host: "h", options: ["-o", "ConnectTimeout=5"] }).join(" ")).toBe(
      "-T -o ConnectTimeout=5 -- h docker system dial-stdio",
    );
  });

  it("can be typed by a person", () => {
    expect(commandFor(config, "ps")).toBe(
      "ssh -o HostKeyAlias=host1 -l root -p 2222 -- 10.77.0.11 docker ps",
    );
    expect(hostLabel(config)).toBe("host1 (10.77.0.11)");
    expect(hostLabel({ host: "ssh://root@10.77.0.11" })).toBe("10.77.0.11");
  });
});

describe("a provider without a usable host", () => {
  it.each([undefined, "", "tcp://127.0.0.1:2375", "10.77.0.11"])("%j is refused", async (host) => {
    await expect(onDaemon({ host }, (docker) => docker.version())).rejects.toThrow("host must be ssh://");
  });
});

/** A program in the place of ssh: it notes that it ran, and does what the test says. */
describe("a connection over ssh", () => {
  let folder: string;
  let daemon: FakeDaemon;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "fake-ssh-"));
    daemon = await new FakeDaemon().listen();
    vi.stubEnv("PATH", [folder, process.env.PATH].join(delimiter));
  });

  afterEach(() => {
    disconnect();
    daemon.close();
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });

  function fakeSsh(script: string): void {
    writeFileSync(join(folder, "ssh"), `#!${process.execPath}\n${script}`);
    chmodSync(join(folder, "ssh"), 0o755);
  }

  const relay = () => `
    const fs = require("node:fs");
    fs.appendFileSync("${folder}/runs", "x");
    const socket = require("node:net").connect("${daemon.socket}");
    process.stdin.pipe(socket).pipe(process.stdout);
    process.on("SIGTERM", () => { fs.writeFileSync("${folder}/ended", ""); process.exit(0); });`;

  const version = () => onDaemon(config, (docker) => docker.version());

  it("serves many calls by at most four processes, and ends them", async () => {
    fakeSsh(relay());
    const versions = await Promise.all(Array.from({ length: 12 }, version));
    expect(versions.map(({ Version }) => Version)).toEqual(Array(12).fill("fake"));
    expect(readFileSync(join(folder, "runs"), "utf8").length).toBeLessThanOrEqual(4);
    disconnect();
    for (let i = 0; i < 50 && !existsSync(join(folder, "ended")); i++) await sleep(20);
    expect(existsSync(join(folder, "ended"))).toBe(true);
  });

  it("tells what ssh complained about", async () => {
    fakeSsh(`process.stderr.write("Host key verification failed.\\r\\n"); process.exitCode = 255;`);
    await expect(version()).rejects.toThrow(
      "host1 (10.77.0.11): Host key verification failed. To see for yourself: ssh -o HostKeyAlias=host1",
    );
  });

  it("tells the exit code of a silent end", async () => {
    fakeSsh(`process.exitCode = 127;`);
    await expect(version()).rejects.toThrow("ssh ended with 127");
  });

  it("gives up on a daemon that does not answer", async () => {
    fakeSsh(`setInterval(() => {}, 1000);`);
    await expect(onDaemon(config, (docker) => docker.version(), 200)).rejects.toThrow("does not answer");
  });
});
