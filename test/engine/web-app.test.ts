import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cacheDir } from "../../lab/paths";
import { readWorld, writeWorld } from "../../lab/plugins/memory/world";
import { anyCode } from "../../lab/run";
import { Workspace } from "../../lab/toolchain/workspace";
import { stateAtEnd } from "./stack";
import { type Asked } from "./web-app-program";

// Only the stand-in plugins can be without a cluster, wherever official ones could be had.
process.env.FARMSTACK_TOOLCHAIN = "built";

const friendlier = "good day";
const first: Asked = { image: "registry.example/shop:1.0", greeting: "hello", tokenVersion: "1" };

describe("an app on the real engine", () => {
  let folder: string;
  let workspace: Workspace;
  let salt: string;
  const worldFile = () => join(folder, "world.json");

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "farmstack-engine-"));
    workspace = await Workspace.open(folder, join(cacheDir, "engine-tests-home"));
    salt = await workspace.ensureStack("web-app", "test");
    const definition = {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: "httproutes.gateway.networking.k8s.io" },
      spec: { group: "gateway.networking.k8s.io", names: { kind: "HTTPRoute" }, scope: "Namespaced" },
    };
    writeWorld(worldFile(), { ...readWorld(worldFile()), clusters: { "api.example": [definition] } });
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function pulumi(command: string, asked: Asked, ...flags: string[]): Promise<string> {
    const configFile = join(folder, "Pulumi.test.yaml");
    const config = { "pulumi:disable-default-providers": ["kubernetes"], "web-app:asked": asked };
    await writeFile(configFile, stringify({ config, encryptionsalt: salt }));
    const common = ["--stack", "test", "--non-interactive", "--config-file", configFile];
    const { code, stdout, stderr } = await workspace.pulumi([command, ...common, ...flags], {
      cwd: join(__dirname, "web-app-program"),
      env: { ...stateAtEnd, FARMSTACK_PLUGIN_WORLD: worldFile() },
      allow: anyCode,
    });
    expect(code, stdout + stderr).toBe(0);
    return stdout;
  }

  /** Applies it and gives what was done, in order. */
  async function up(asked: Asked): Promise<string[]> {
    writeWorld(worldFile(), { ...readWorld(worldFile()), log: [] });
    await pulumi("up", asked, "--yes", "--skip-preview");
    return readWorld(worldFile()).log.map(({ operation, name }) => `${operation} ${name}`);
  }

  /** What would be changed, field by field. */
  async function plan(asked: Asked): Promise<Record<string, string[]>> {
    const { steps } = JSON.parse(await pulumi("preview", asked, "--json")) as {
      steps: { op: string; urn: string; detailedDiff?: Record<string, unknown> | null }[];
    };
    const changes = steps.filter(({ op }) => op !== "same" && !op.includes("-"));
    return Object.fromEntries(
      changes.map(({ op, urn, detailedDiff }) => [
        `${op} ${urn.split("::").pop()}`,
        Object.keys(detailedDiff ?? {}).sort(),
      ]),
    );
  }

  it("is made in an order in which nothing is asked too early", async () => {
    const done = await up(first);
    const at = (name: string) => done.indexOf(`create ${name}`);
    expect(at("shop-network-policy")).toBeGreaterThanOrEqual(0);
    expect(at("shop-network-policy")).toBeLessThan(at("shop-deployment"));
    expect(at("shop-values")).toBeLessThan(at("shop-deployment"));
    for (const served of ["shop-deployment", "shop-service"])
      expect(at(served)).toBeLessThan(at("shop-route"));
  });

  it("has nothing left to do", async () => {
    await pulumi("up", first, "--yes", "--skip-preview", "--expect-no-changes");
  });

  const container = "spec.template.spec.containers[0]";

  it("shows another image as one difference", async () => {
    expect(await plan({ ...first, image: "registry.example/shop:1.1" })).toEqual({
      "update shop-deployment": [`${container}.image`],
    });
  });

  it("rolls the pods with another value, whose ConfigMap comes before and whose old one goes after", async () => {
    const changed = { ...first, greeting: friendlier };
    expect(Object.keys(await plan(changed)).sort()).toEqual([
      "replace shop-values",
      "update shop-deployment",
    ]);
    expect(await up(changed)).toEqual(["create shop-values", "update shop-deployment", "delete shop-values"]);
  });

  it("rolls the pods with another version of a Secret that keeps its name", async () => {
    expect(await plan({ ...first, greeting: friendlier, tokenVersion: "2" })).toEqual({
      "update shop-deployment": [expect.stringContaining("version-of-variables")],
    });
  });

  describe("a second version", () => {
    const canary = { image: "registry.example/shop:2.0", weight: 10 };

    it("gets requests once it serves", async () => {
      const done = await up({ ...first, greeting: friendlier, canary });
      expect(done.at(-1)).toBe("update shop-route");
      const at = (step: string) => done.indexOf(step);
      for (const served of ["create shop-canary-deployment", "create shop-canary-service"]) {
        expect(at(served)).toBeGreaterThanOrEqual(0);
        expect(at(served)).toBeLessThan(at("update shop-route"));
      }
    });

    it("goes when it gets none any more, and the first version has become it", async () => {
      const done = await up({ ...first, greeting: friendlier, image: canary.image });
      expect(done.slice(0, 2)).toEqual(["update shop-deployment", "update shop-route"]);
      expect(done.slice(2).sort()).toEqual(["delete shop-canary-deployment", "delete shop-canary-service"]);
    });
  });
});
