import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MongoClient } from "mongodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { builtProfileApp } from "../../lab/applications/profile-app";
import { builtModule } from "../../lab/kubernetes";
import { freePorts } from "../../lab/kubernetes/loopback";
import { projectRoot } from "../../lab/paths";
import { inBrowser, submitForm, takePicture } from "./browser";
import { waitFor } from "./lab";

/** What the recipe of FerretDB's image sets. */
const recipe = readFileSync(join(projectRoot, "lab", "images", "ferretdb", "Dockerfile"), "utf8");
const imageSettings = Object.fromEntries(
  [...recipe.matchAll(/\b(FERRETDB_\w+)=(\S+)/g)].map(([, name, value]) => [name, value]),
);

interface Program {
  process: ChildProcess;
  output: string;
}

/** The programs of the images, on this machine's loopback. It needs no lab. */
describe("the example application on FerretDB", () => {
  const password = `${randomBytes(12).toString("hex")} ?/@:`;
  let folder: string;
  let databasePort = 0;
  let port = 0;
  let database: Program;
  let app: Program;

  const start = (file: string, args: string[], env: Record<string, string>): Program => {
    // The kernel ends it when this process ends, however that happens.
    const child = spawn("setpriv", ["--pdeathsig", "KILL", file, ...args], {
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const program = { process: child, output: "" };
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => (program.output += text));
    return program;
  };
  const end = async ({ process }: Program, signal: NodeJS.Signals) => {
    const exit = once(process, "exit");
    process.kill(signal);
    return (await exit) as [number | null];
  };
  const startDatabase = async () =>
    start(join(await builtModule("ferretdb"), "ferretdb"), [], {
      ...imageSettings,
      FERRETDB_SQLITE_URL: `file:${join(folder, "db")}/`,
      FERRETDB_STATE_DIR: join(folder, "db"),
      FERRETDB_LISTEN_ADDR: `127.0.0.1:${databasePort}`,
      FERRETDB_SETUP_USERNAME: "webapp",
      FERRETDB_SETUP_PASSWORD: password,
    });
  const status = async (path: string) =>
    (await fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(10_000) })).status;
  /** A program that ended by itself is told of with its words, and not waited for. */
  const ready = async () => {
    const ended = () => [database, app].find(({ process }) => process.exitCode !== null);
    await waitFor(async () => ended() !== undefined || (await status("/readyz")) === 200, 120);
    const program = ended();
    if (program) throw new Error(`ended with ${program.process.exitCode}: ${program.output}`);
  };
  const login = (auth?: { username: string; password: string }) =>
    new MongoClient(`mongodb://127.0.0.1:${databasePort}`, { auth, serverSelectionTimeoutMS: 5000 });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "farmstack-profile-app-"));
    await mkdir(join(folder, "db"));
    await writeFile(join(folder, "password"), password, { mode: 0o600 });
    const programs = await builtProfileApp();
    await builtModule("ferretdb");
    [databasePort = 0, port = 0] = await freePorts(2); // nobody else's for as long as nothing is built meanwhile
    app = start(join(programs, "node"), [join(programs, "main.js")], {
      DB_URL: `127.0.0.1:${databasePort}`,
      USER_NAME: "webapp",
      USER_PWD_FILE: join(folder, "password"),
      PORT: String(port),
      APP_VERSION: "1.0.0",
      DRAIN_SECONDS: "1",
    });
    // As in a cluster, where nothing says which of them comes first.
    await waitFor(async () => (await status("/readyz")) === 503, 60);
    database = await startDatabase();
    await ready();
  });
  afterAll(async () => {
    for (const { process } of [app, database]) if (process.exitCode === null) process.kill("SIGKILL");
    await rm(folder, { recursive: true, force: true });
  });

  it("saves a profile for a person, and shows it after a reload", async () => {
    await inBrowser(`http://127.0.0.1:${port}/`, async (page) => {
      const profile = { Name: "Ada Lovelace", Email: "ada@example.org", Interests: "engines, poetry" };
      await submitForm(page, profile, "Save profile");
      expect(await page.getByRole("status").textContent()).toBe("Your profile is saved.");
      await page.reload();
      expect(await page.getByRole("status").count()).toBe(0);
      for (const [label, value] of Object.entries(profile))
        expect(await page.getByLabel(label, { exact: true }).inputValue()).toBe(value);
      expect(await page.locator("#version").textContent()).toBe("1.0.0");
      process.stderr.write(`picture: ${await takePicture(page, "profile")}\n`);
    });
  });

  it("lets nobody in without the password", async () => {
    for (const auth of [undefined, { username: "webapp", password: "another" }]) {
      const client = login(auth);
      await expect(client.db("profile-app").collection("profiles").findOne()).rejects.toThrow(
        /authentication/i,
      );
      await client.close();
    }
  });

  it("keeps what was saved when the database is killed", async () => {
    await end(database, "SIGKILL");
    expect([await status("/readyz"), await status("/healthz"), await status("/")]).toEqual([503, 200, 503]);
    database = await startDatabase();
    await ready();
    await inBrowser(`http://127.0.0.1:${port}/`, async (page) => {
      expect(await page.getByLabel("Name", { exact: true }).inputValue()).toBe("Ada Lovelace");
    });
  });

  it("takes another password while it runs", async () => {
    const client = login({ username: "webapp", password });
    await client.db("admin").command({ updateUser: "webapp", pwd: "next" });
    await client.close();
    const again = login({ username: "webapp", password: "next" });
    expect(await again.db("profile-app").collection("profiles").countDocuments()).toBe(1);
    await again.db("admin").command({ updateUser: "webapp", pwd: password });
    await again.close();
  });

  it("ends on a signal by itself, and writes JSON lines without the password", async () => {
    expect((await end(app, "SIGTERM"))[0]).toBe(0);
    const lines = app.output.trim().split("\n");
    expect(lines.map((line) => (JSON.parse(line) as { message: string }).message)).toEqual(
      expect.arrayContaining(["listening", "request", "stopping", "stopped"]),
    );
    expect(app.output + database.output).not.toContain(password);
  });
});
