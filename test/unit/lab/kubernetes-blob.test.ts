import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:https";
import { type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { ensureAccess, type RegistryFiles } from "../../../lab/hosts/registry-access";
import { ensureBlob } from "../../../lab/kubernetes/blob";

const content = "programs";
const sha256 = createHash("sha256").update(content).digest("hex");

let server: Server;
let registry: string;
let access: RegistryFiles;
let folder: string;
let file: string;
let calls: string[];
const blobs = new Map<string, string>();

/** As a registry does it: an upload is opened, gets a place of its own, and is closed with the digest. */
beforeEach(async () => {
  calls = [];
  blobs.clear();
  folder = await mkdtemp(join(tmpdir(), "farmstack-blob-"));
  access = await ensureAccess(join(folder, "access"), ["127.0.0.1"]);
  const login = `Basic ${Buffer.from(`${access.username}:${access.password}`).toString("base64")}`;
  const [key, cert] = await Promise.all(
    ["tls.key", "tls.crt"].map((name) => readFile(join(access.folder, name))),
  );
  server = createServer({ key, cert }, (request, answer) => {
    if (request.headers.authorization !== login) {
      answer.writeHead(401).end();
      return;
    }
    const { pathname, searchParams } = new URL(request.url ?? "", "http://registry");
    calls.push(`${request.method} ${pathname}`);
    let body = "";
    request.on("data", (text) => (body += text));
    request.on("end", () => {
      if (request.method === "HEAD") return answer.writeHead(blobs.has(pathname) ? 200 : 404).end();
      if (request.method === "POST") {
        return answer.writeHead(202, { Location: `${pathname}one?_state=kept` }).end();
      }
      const digest = `sha256:${createHash("sha256").update(body).digest("hex")}`;
      const whole = searchParams.get("digest") === digest && searchParams.get("_state") === "kept";
      if (whole) blobs.set(`/v2/lab/node/blobs/${digest}`, body);
      return answer.writeHead(whole ? 201 : 400).end();
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  registry = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  file = join(folder, "file");
  await writeFile(file, content);
});

afterEach(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

it("is uploaded once, and its path is its hash", async () => {
  const path = `/v2/lab/node/blobs/sha256:${sha256}`;
  expect(await ensureBlob(access, registry, "lab/node", file, sha256)).toBe(path);
  expect(blobs.get(path)).toBe(content);
  expect(await ensureBlob(access, registry, "lab/node", file, sha256)).toBe(path);
  expect(calls).toEqual([
    `HEAD ${path}`,
    "POST /v2/lab/node/blobs/uploads/",
    "PUT /v2/lab/node/blobs/uploads/one",
    `HEAD ${path}`,
  ]);
});

it("that isn't what its hash says is refused", async () => {
  const other = createHash("sha256").update("other").digest("hex");
  await expect(ensureBlob(access, registry, "lab/node", file, other)).rejects.toThrow(
    "the lab's registry refused PUT with 400: docker logs farmstack-lab-registry",
  );
  expect(blobs.size).toBe(0);
});
