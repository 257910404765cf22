import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cacheDir } from "../../lab/paths";
import { anyCode, type RunResult } from "../../lab/run";
import { Workspace } from "../../lab/toolchain/workspace";
import { type Contract, contractServer } from "../unit/harbor/contract-server";
import { type Asked } from "./harbor-program";
import { stateAtEnd } from "./stack";

process.env.FARMSTACK_TOOLCHAIN = "built";

const password = "Admin-password-1";
const first: Asked = {
  registries: [{ name: "hub", type: "docker-hub", url: "https://hub.docker.com" }],
  projects: [
    {
      name: "shop",
      quotaGiB: 10,
      retention: { schedule: "0 0 1 * * *", rules: [{ latest: 5 }] },
      immutableTags: ["v*"],
    },
    { name: "hub", cacheOf: "hub" },
  ],
  robots: [{ name: "jenkins", projects: ["shop"], access: "push" }],
  replications: [{ name: "copies", direction: "pull", registry: "hub" }],
  garbageCollection: { schedule: "0 0 3 * * 0" },
};

describe("what is in a Harbor, on the real engine", { timeout: 300_000 }, () => {
  let folder: string;
  let workspace: Workspace;
  let salt: string;
  let server: Contract;
  let printed = "";
  beforeAll(async () => {
    server = await contractServer(password);
    folder = await mkdtemp(join(tmpdir(), "farmstack-engine-"));
    workspace = await Workspace.open(folder, join(cacheDir, "engine-tests-home"));
    salt = await workspace.ensureStack("harbor-contents", "test");
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
    await server.close();
  });

  async function pulumi(command: string, asked: Asked, ...flags: string[]): Promise<RunResult> {
    const configFile = join(folder, "Pulumi.test.yaml");
    const config = { "harbor-contents:asked": asked, "harbor-contents:url": server.url };
    await writeFile(configFile, stringify({ config, encryptionsalt: salt }));
    const common = ["--stack", "test", "--non-interactive", "--config-file", configFile];
    const result = await workspace.pulumi([command, ...common, ...flags], {
      cwd: join(__dirname, "harbor-program"),
      env: { ...stateAtEnd, HARBOR_PASSWORD: password },
      allow: anyCode,
    });
    printed += result.stdout + result.stderr;
    expect(result.code, result.stdout + result.stderr).toBe(0);
    return result;
  }
  const up = (asked: Asked, ...flags: string[]) =>
    pulumi("up", asked, "--yes", "--skip-preview", "--diff", ...flags);

  it("is planned without a Harbor, made, and has nothing left to do", async () => {
    await pulumi("preview", first, "--diff");
    expect(server.asked).toEqual([]);
    await up(first);
    const { projects, robots, registries, retentions, policies, immutable } = server.harbor;
    expect(
      [projects, robots, registries, retentions, policies, immutable].map(({ length }) => length),
    ).toEqual([2, 1, 1, 1, 1, 1]);
    expect(robots[0]).toMatchObject({ name: "robot$jenkins", description: "harbor-contents/test" });
    const asked = server.asked.length;
    await up(first, "--expect-no-changes");
    expect(server.asked.length).toBe(asked);
  });

  it("is seen by a refresh as it is, and put back", async () => {
    server.harbor.projects[0].metadata.public = "true";
    server.harbor.policies.splice(0, 1);
    await pulumi("refresh", first, "--yes", "--skip-preview");
    await up(first);
    expect(server.harbor.projects[0].metadata.public).toBe("false");
    expect(server.harbor.policies).toHaveLength(1);
    await pulumi("refresh", first, "--yes", "--skip-preview", "--expect-no-changes");
    await up(first, "--expect-no-changes");
  });

  it("gives a robot another secret by its rotation alone", async () => {
    const before = server.harbor.robots[0].secret as string;
    const rotated = { ...first, robots: [{ ...first.robots![0]!, rotation: 1 }] };
    await up(rotated);
    const { secret } = server.harbor.robots[0] as { secret: string };
    expect(secret).not.toBe(before);
    const output = await workspace.pulumi(
      ["stack", "output", "robots", "--show-secrets", "--stack", "test"],
      {
        cwd: join(__dirname, "harbor-program"),
      },
    );
    expect(JSON.parse(output.stdout)).toEqual({ jenkins: { login: "robot$jenkins", secret } });
    await up(rotated, "--expect-no-changes");
  });

  it("leaves a project with its images when it is no longer declared", async () => {
    await up({ ...first, projects: [first.projects![1]!], robots: [] });
    expect(server.harbor.projects.map(({ name }) => name)).toEqual(["shop", "hub"]);
    expect([server.harbor.robots, server.harbor.retentions, server.harbor.immutable].flat()).toEqual([]);
  });

  it("has no secret in clear in its state or in anything that was printed", async () => {
    const state = await readFile(workspace.stateFile("harbor-contents", "test"), "utf8");
    for (const text of [state, printed]) {
      expect(text).not.toContain(password);
      expect(text).not.toContain("Robot-secret-");
    }
  });
});
