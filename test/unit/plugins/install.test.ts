import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";

const installed = [
  "resource-random-v4.21.2/pulumi-resource-random",
  "resource-command-v1.2.1/pulumi-resource-command",
  "resource-docker-v5.2.0/pulumi-resource-docker",
  "resource-kubernetes-v4.34.2/pulumi-resource-kubernetes",
  "resource-pulumi-nodejs-v3.230.0/pulumi-resource-pulumi-nodejs",
  "resource-tls-v5.6.1/pulumi-resource-tls",
];

test("installed plugins start, tell their port, and end with the engine; a second install changes nothing", async () => {
  const directory = mkdtempSync(join(tmpdir(), "install-"));
  vi.stubEnv("XDG_CACHE_HOME", join(directory, "cache"));
  const { installPlugins } = await import("../../../lab/plugins/install");
  await installPlugins(join(directory, "home"));
  const files = installed.map((name) => join(directory, "home", "plugins", name));
  await Promise.all(files.map(startAndEnd));

  const written = files.map((file) => statSync(file).mtimeMs);
  await installPlugins(join(directory, "home"));
  expect(files.map((file) => statSync(file).mtimeMs)).toEqual(written);
}, 30_000);

async function startAndEnd(file: string): Promise<void> {
  const plugin: ChildProcess = spawn(file, ["127.0.0.1:1"], { stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(plugin, "exit");
  const [port] = await once(plugin.stdout!, "data");
  expect(String(port)).toMatch(/^[0-9]+\n$/);
  plugin.stdin!.end();
  expect((await ended)[0]).toBe(0);
}
