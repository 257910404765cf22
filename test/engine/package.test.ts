import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { build } from "esbuild";
import { parse, stringify } from "yaml";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cacheDir, projectRoot } from "../../lab/paths";
import { readWorld, writeWorld } from "../../lab/plugins/memory/world";
import { anyCode, run } from "../../lab/run";
import { Workspace } from "../../lab/toolchain/workspace";
import { buildPackage } from "../../tools/package/build";
import { stateAtEnd } from "./stack";

// Only the stand-in plugins can be without hosts, wherever official ones could be had.
process.env.FARMSTACK_TOOLCHAIN = "built";

const modules = join(projectRoot, "node_modules");

/** The package as other projects get it: packed, installed from the tarball, with nothing of this checkout's sources. */
// It compiles and installs, on a machine that may be busy.
describe("the package of the components", { timeout: 300_000 }, () => {
  let folder: string;
  let workspace: Workspace;
  const inFolder = (...path: string[]) => join(folder, ...path);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "farmstack-package-"));
    await mkdir(inFolder("build"));
    await mkdir(inFolder("examples"));
    const copy = (from: string, to: string) =>
      cp(join(projectRoot, from), inFolder(to), {
        recursive: true,
        filter: (path) => !path.slice(projectRoot.length).includes("node_modules"),
      });
    await Promise.all([
      buildPackage(inFolder("build")),
      copy("examples/ceph-only", "examples/ceph-only"),
      copy("plugin", "plugin"),
      copy("test/engine/remote-program", "remote"),
    ]);
    await build({
      entryPoints: [join(__dirname, "bin", "docker.ts")],
      outfile: inFolder("docker.js"),
      bundle: true,
      platform: "node",
    });
    await install(inFolder("examples/ceph-only"));
    await symlink(inFolder("examples/ceph-only/node_modules"), inFolder("plugin/node_modules"));
    await symlink(modules, inFolder("remote/node_modules"));
    await writeFile(
      inFolder("remote/Pulumi.yaml"),
      stringify({
        name: "remote",
        runtime: "nodejs",
        plugins: { providers: [{ name: "farmstack", path: inFolder("plugin") }] },
      }),
    );
    workspace = await Workspace.open(inFolder("workspace"), join(cacheDir, "engine-tests-home"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function pulumi(project: Project, config: object, command: string, ...flags: string[]) {
    const salt = await workspace.ensureStack(project, "test");
    const configFile = inFolder(`${project}.yaml`);
    await writeFile(configFile, stringify({ config, encryptionsalt: salt }));
    const world = inFolder(`${project}.world.json`);
    writeWorld(world, { ...readWorld(world), answers: [{ match: " osd new ", stdout: "0\n" }] });
    const common = ["--stack", "test", "--non-interactive", "--config-file", configFile];
    return workspace.pulumi([command, ...common, ...flags], {
      cwd: inFolder(project === "remote" ? "remote" : "examples/ceph-only"),
      env: {
        ...stateAtEnd,
        FARMSTACK_PLUGIN_WORLD: world,
        FARMSTACK_FAKE_DOCKER: inFolder("docker.js"),
        PATH: `${join(__dirname, "bin")}${delimiter}${workspace.path}`, // what hooks ask hosts with
      },
      allow: anyCode,
    });
  }

  /** What the preview of a project would create: type and name of each. */
  async function preview(project: Project, config: object): Promise<Planned> {
    const { code, stdout, stderr } = await pulumi(project, config, "preview", "--json");
    const { steps = [], diagnostics = [] } = (stdout ? JSON.parse(stdout) : {}) as Preview;
    const messages = [stderr, ...diagnostics.map(({ message }) => message)].join("\n");
    const resources = steps.map(({ urn }) => {
      const [, , types, name] = urn.split("::") as [string, string, string, string];
      return { type: types.split("$").pop() as string, name, parents: types.split("$").slice(0, -1) };
    });
    return { code, messages, resources };
  }

  it("compiles against another project, its declarations included, where a wrong argument is the one error", async () => {
    const project = inFolder("examples/ceph-only");
    const program = await readFile(join(project, "index.ts"), "utf8");
    await writeFile(join(project, "wrong.ts"), program.replace("publicNetwork: ", "publicNet: "));
    const both = { extends: "./tsconfig.json", files: ["index.ts", "wrong.ts"] };
    await writeFile(join(project, "both.json"), JSON.stringify(both));
    const tsc = ["node_modules/typescript/bin/tsc", "--project", "both.json", "--skipLibCheck", "false"];
    const { code, stdout } = await run(process.execPath, tsc, { cwd: project, allow: anyCode });
    expect(code).not.toBe(0);
    const errors = stdout.split("\n").filter((line) => line.includes("error TS"));
    expect(errors, stdout).toEqual([expect.stringMatching(/^wrong\.ts\(/)]);
    expect(stdout).toContain("'publicNet' does not exist in type 'CephClusterArgs'");
  });

  it("plans the example's cluster on three hosts of its own", async () => {
    const example = await readFile(inFolder("examples/ceph-only/Pulumi.example.yaml"), "utf8");
    const { config } = parse(example) as { config: object };
    const { code, messages, resources } = await preview("ceph-only", config);
    expect(code, messages).toBe(0);

    expect(namesOf(resources, "farmstack:hosts:Host")).toEqual(["host1", "host2", "host3"]);
    expect(namesOf(resources, "farmstack:ceph:CephCluster")).toEqual(["ceph"]);
    expect(namesOf(resources, "docker:index/container:Container")).toEqual([
      "ceph-mds-host1-container",
      "ceph-mds-host2-container",
      "ceph-mgr-host1-container",
      "ceph-mgr-host2-container",
      "ceph-mon-host1-container",
      "ceph-mon-host2-container",
      "ceph-mon-host3-container",
      "ceph-osd-host1-ata-EXAMPLE-0001-container",
      "ceph-osd-host2-ata-EXAMPLE-0002-container",
      "ceph-osd-host3-ata-EXAMPLE-0003-container",
    ]);
    expect(namesOf(resources, "random:index/randomUuid:RandomUuid")).toContain("ceph-fsid");
    expect(namesOf(resources, "command:remote:Command")).toContain("host1-ceph-fs-files");
  });

  it("has what the provider of Harbor's contents asks for by its path", async () => {
    const program = `
      const pulumi = require("@pulumi/pulumi");
      const { HarborContents } = require("farmstack-components");
      const made = [];
      pulumi.runtime.setMocks({ call: () => ({}), newResource: (args) => (made.push(args), { id: "1", state: args.inputs }) });
      const connection = { url: "https://harbor.example", username: "admin", password: pulumi.secret("x") };
      new HarborContents("contents", { connection, projects: [{ name: "shop" }] });
      process.on("exit", () => {
        const text = made.map(({ inputs }) => JSON.stringify(inputs.__provider ?? "")).join("");
        const modules = [...text.matchAll(/require\\((.+?)\\)/g)].map(([, name]) => name.replaceAll(/[\\\\"]/g, ""));
        console.log([...new Set(modules)].map((name) => name + " " + typeof require(name)).sort().join("\\n"));
      });`;
    const { stdout } = await run(process.execPath, ["--eval", program], {
      cwd: inFolder("examples/ceph-only"),
    });
    expect(stdout).toContain("farmstack-components/harbor-contents/client.js object");
  });

  describe("from other languages", () => {
    it("has a schema of what args allow", async () => {
      const args = ["package", "get-schema", inFolder("plugin")];
      const { stdout } = await workspace.pulumi(args, { cwd: inFolder("remote") });
      const { name, resources, types } = JSON.parse(stdout) as Schema;
      expect(name).toBe("farmstack");
      expect(Object.keys(resources).sort()).toEqual([
        "farmstack:index:CephOnHosts",
        "farmstack:index:Linkerd",
      ]);

      const ceph = resources["farmstack:index:CephOnHosts"];
      expect(ceph?.isComponent).toBe(true);
      expect(ceph?.requiredInputs).toEqual(["machines", "managers", "monitors", "publicNetwork"]);
      expect(ceph?.inputProperties.machines).toMatchObject({
        type: "array",
        items: { $ref: "#/types/farmstack:index:Machine" },
      });
      expect(ceph?.inputProperties.osdMemoryMiB).toMatchObject({ type: "number" });
      expect(ceph?.properties.adminKeyring).toMatchObject({ type: "string" });
      expect(ceph?.properties.clientKeyrings).toMatchObject({ additionalProperties: { type: "string" } });
      expect(types["farmstack:index:Machine"]?.required).toEqual(["address", "hostKey", "name"]);
      expect(Object.keys(types).sort()).toEqual(
        ["Client", "Login", "Machine", "PoolArgs"].map((type) => `farmstack:index:${type}`),
      );
      expect(resources["farmstack:index:Linkerd"]?.requiredInputs).toEqual(["version"]);
    });

    const machine = (name: string, i: number) => ({
      name,
      address: `192.0.2.1${i}`,
      hostKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExampleExampleExampleExampleExampleExampleExa",
      disks: ["/dev/disk/by-id/ata-EXAMPLE"],
    });
    const storage = {
      machines: ["a", "b", "c"].map(machine),
      monitors: ["a", "b", "c"],
      managers: ["a"],
      publicNetwork: "192.0.2.0/24",
      clients: [{ name: "reader", filesystem: "files", readOnly: true }],
      filesystems: ["files"],
      metadataServers: ["b"],
    };
    const config = (its: object) => ({
      "pulumi:disable-default-providers": ["docker"],
      "remote:storage": its,
    });

    it("plans the hosts and their cluster for a program that knows no more than a type's name", async () => {
      const { code, messages, resources } = await preview("remote", config(storage));
      expect(code, messages).toBe(0);
      expect(namesOf(resources, "farmstack:hosts:Host")).toEqual(["a", "b", "c"]);
      expect(namesOf(resources, "docker:index/container:Container")).toEqual([
        "ceph-mds-b-container",
        "ceph-mgr-a-container",
        ...["a", "b", "c"].map((name) => `ceph-mon-${name}-container`),
        ...["a", "b", "c"].map((name) => `ceph-osd-${name}-ata-EXAMPLE-container`),
      ]);
      const [cluster] = resources.filter(({ type }) => type === "farmstack:ceph:CephCluster");
      expect(cluster?.parents).toEqual(["farmstack:index:CephOnHosts"]);
    });

    it("makes them, asks their hosts before a change, and gives back what the program reads", async () => {
      const { code, stdout, stderr } = await pulumi(
        "remote",
        config(storage),
        "up",
        "--yes",
        "--skip-preview",
      );
      expect(code, stdout + stderr).toBe(0);
      expect(stdout).toContain("ssh root@192.0.2.10 docker exec ceph-mon-a ceph -s");
      expect(stdout).toMatch(/adminKeyring\s*: \[secret\]/);
    });

    it("names the field that is wrong", async () => {
      const wrong = { ...storage, managers: ["a", "d"] };
      const { code, messages } = await preview("remote", config(wrong));
      expect(code).not.toBe(0);
      expect(messages).toContain("managers[1]");
      expect(messages).toContain("d is none of the machines: a, b, c");
    });
  });
});

/** Installs a project's dependencies as npm does: all but the package itself are those of this checkout, and npm may ask its registry of their versions. */
async function install(project: string): Promise<void> {
  const linked = [
    ...(await readdir(join(modules, "@pulumi"))).map((name) => `@pulumi/${name}`),
    ...["yaml", "typescript", "@types/node"],
  ];
  for (const scope of ["@pulumi", "@types"])
    await mkdir(join(project, "node_modules", scope), { recursive: true });
  await Promise.all(linked.map((name) => symlink(join(modules, name), join(project, "node_modules", name))));
  const quiet = ["--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock"];
  await run("npm", ["install", ...quiet], { cwd: project });
}

const namesOf = (resources: Planned["resources"], type: string) =>
  resources
    .filter((its) => its.type === type)
    .map(({ name }) => name)
    .sort();

type Project = "ceph-only" | "remote";

interface Planned {
  code: number;
  messages: string;
  resources: { type: string; name: string; parents: string[] }[];
}

interface Preview {
  steps?: { urn: string }[];
  diagnostics?: { message: string }[];
}

interface Property {
  type?: string;
  $ref?: string;
  items?: Property;
  additionalProperties?: Property;
}

interface Schema {
  name: string;
  resources: Record<
    string,
    {
      isComponent?: boolean;
      inputProperties: Record<string, Property>;
      requiredInputs: string[];
      properties: Record<string, Property>;
    }
  >;
  types: Record<string, { required?: string[] }>;
}
