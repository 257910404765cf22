import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import { type RequestOptions, request } from "node:https";
import { type AddressInfo, createServer as createSocket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { renderPortalConf, renderProxyConf } from "../../components/harbor/render/nginx";
import { isDebianRoot } from "../../lab/docker/install";
import { cacheDir } from "../../lab/paths";
import { anyCode, run } from "../../lab/run";

// Harbor's own images can't be had here; its nginx is Debian's in this test, in front of stubs on loopback.

const url = "https://registry.example.com";

describe("Harbor's proxy in a real nginx", () => {
  const folder = mkdtempSync(join(tmpdir(), "farmstack-nginx-"));
  let nginx: string;
  let proxy: ChildProcess;
  let ports: Record<"https" | "http" | "metrics", number>;
  let core: Server;
  let portal: Server;
  /** What core does with a request; a test changes it. */
  let atCore: RequestListener = echo("core");

  beforeAll(async () => {
    nginx = await nginxProgram();
    core = createServer((incoming, outgoing) => atCore(incoming, outgoing));
    portal = createServer(echo("portal"));
    for (const server of [core, portal]) await once(server.listen(0, "127.0.0.1"), "listening");
    ports = { https: await freePort(), http: await freePort(), metrics: await freePort() };
    await run("openssl", [
      ...[
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "1",
      ],
      ...[
        "-subj",
        "/CN=registry.example.com",
        "-keyout",
        join(folder, "server.key"),
        "-out",
        join(folder, "server.crt"),
      ],
    ]);
    for (const name of ["tmp", "logs"]) mkdirSync(join(folder, name), { mode: 0o777 });
    const conf = here(renderProxyConf({ hostname: "registry.example.com", url, metrics: true }));
    writeFileSync(join(folder, "nginx.conf"), conf);
    proxy = spawn(nginx, ["-p", folder, "-c", join(folder, "nginx.conf"), "-g", "daemon off;"], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    let said = "";
    proxy.stderr?.on("data", (chunk: Buffer) => (said += String(chunk)));
    for (let tries = 0; !(await ask("/ready").catch(() => undefined)); tries++) {
      if (tries > 100 || proxy.exitCode !== null) throw new Error(`nginx did not start: ${said}`);
      await sleep(100);
    }
  });
  afterAll(async () => {
    if (proxy?.exitCode === null) {
      proxy.kill("SIGTERM");
      await once(proxy, "exit");
    }
    for (const server of [core, portal]) {
      server?.closeAllConnections();
      server?.close();
    }
    rmSync(folder, { recursive: true });
  });

  const portOf = (server: Server) => (server.address() as AddressInfo).port;

  /** The same configuration on free ports of loopback, with files in a folder. */
  const here = (conf: string): string =>
    conf
      .replaceAll(/( |^)\/tmp\//gm, `$1${folder}/tmp/`)
      .replaceAll("server core:8080;", `server 127.0.0.1:${portOf(core)};`)
      .replaceAll("server portal:8080;", `server 127.0.0.1:${portOf(portal)};`)
      .replace(/http:\/\/(core|jobservice|registry|exporter):\d+/g, `http://127.0.0.1:${portOf(portal)}`)
      .replaceAll("listen 8443", `listen 127.0.0.1:${ports.https}`)
      .replaceAll("listen 8080", `listen 127.0.0.1:${ports.http}`)
      .replaceAll("listen 9090", `listen 127.0.0.1:${ports.metrics}`)
      .replaceAll("/etc/cert/", `${folder}/`)
      .replaceAll("/dev/stdout", `${folder}/logs/access.log`)
      .replace("include /etc/nginx/mime.types;", "types { text/html html; }")
      .replace("/usr/share/nginx/html", folder);

  interface Answer {
    status: number;
    headers: IncomingMessage["headers"];
    text: string;
  }

  function ask(path: string, options: RequestOptions = {}): Promise<Answer> {
    return new Promise((done, failed) => {
      const asked = request(
        {
          host: "127.0.0.1",
          port: ports.https,
          path,
          servername: "registry.example.com",
          rejectUnauthorized: false,
          agent: false,
          ...options,
          headers: { Host: "registry.example.com", ...options.headers },
        },
        (response) =>
          void textOf(response).then((text) =>
            done({ status: response.statusCode ?? 0, headers: response.headers, text }),
          ),
      );
      asked.on("error", failed);
      asked.end();
    });
  }

  it.each(["proxy", "portal"])("takes the configuration of the %s", async (which) => {
    const conf =
      which === "proxy"
        ? renderProxyConf({ hostname: "registry.example.com", url, metrics: false })
        : renderPortalConf();
    writeFileSync(join(folder, `${which}-test.conf`), here(conf));
    const { code, stderr } = await run(
      nginx,
      ["-t", "-p", folder, "-c", join(folder, `${which}-test.conf`)],
      { allow: anyCode },
    );
    expect(code, stderr).toBe(0);
    expect(stderr).not.toContain("[warn]");
  });

  it.each([
    ["/", "portal /"],
    ["/harbor/projects", "portal /harbor/projects"],
    ["/c/login", "core /c/login"],
    ["/api/v2.0/ping?a=1", "core /api/v2.0/ping?a=1"],
    ["/v2/", "core /v2/"],
    ["/v2/shop/front/manifests/1.0", "core /v2/shop/front/manifests/1.0"],
    ["/service/token?scope=x", "core /service/token?scope=x"],
  ])("leads %s to %s, by the name that the client used", async (path, expected) => {
    const { status, text, headers } = await ask(path);
    expect([status, text]).toEqual([200, `${expected} registry.example.com https`]);
    expect(headers["x-frame-options"]).toBe("DENY");
    // Clients of the registry itself have no cookies.
    if (!path.startsWith("/v2/")) expect(headers["set-cookie"]?.[0]).toMatch(/^a=b; Path=\/;.*Secure/i);
  });

  it.each(["/v1/search", "/service/notifications"])("knows no %s", async (path) => {
    expect((await ask(path)).status).toBe(404);
  });

  it("says its name to who asks for another", async () => {
    for (const options of [{ headers: { Host: "192.0.2.11" } }, { headers: { Host: "other.example.com" } }]) {
      const { status, text } = await ask("/v2/", options);
      expect([status, text]).toEqual([421, `this is ${url}; ask for it by that name\n`]);
    }
  });

  it("sends who comes without TLS to the entry, with path and question", async () => {
    const answer = await fetch(`http://127.0.0.1:${ports.http}/v2/?a=1`, { redirect: "manual" });
    expect([answer.status, answer.headers.get("location")]).toEqual([308, `${url}/v2/?a=1`]);
  });

  it("tells its numbers at a port of their own", async () => {
    const answer = await fetch(`http://127.0.0.1:${ports.metrics}/metrics?comp=core`);
    expect(await answer.text()).toContain("portal /metrics?comp=core");
    expect((await fetch(`http://127.0.0.1:${ports.metrics}/api/v2.0/ping`)).status).toBe(404);
  });

  it("lets a layer of 100 MB through as it comes, and keeps none of it", async () => {
    const total = 100 * 2 ** 20;
    let received = 0;
    let halfWay = 0;
    atCore = (incoming, outgoing) => {
      incoming.on("data", (chunk: Buffer) => (received += chunk.length));
      incoming.on("end", () => outgoing.writeHead(201).end());
    };
    const before = peakKiB(proxy.pid as number);
    const chunk = Buffer.alloc(2 ** 20, "x");
    const status = await new Promise<number>((done, failed) => {
      const push = request(
        {
          ...{
            host: "127.0.0.1",
            port: ports.https,
            path: "/v2/shop/front/blobs/uploads/1",
            method: "PUT",
            agent: false,
          },
          ...{ servername: "registry.example.com", rejectUnauthorized: false },
          headers: { Host: "registry.example.com", "Content-Type": "application/octet-stream" }, // chunked
        },
        (response) => done(response.resume().statusCode ?? 0),
      );
      push.on("error", failed);
      void (async () => {
        for (let sent = 0; sent < total; sent += chunk.length) {
          if (!push.write(chunk)) await once(push, "drain");
          // Half way the other side has most of it: nothing waits for the end.
          if (sent === total / 2)
            for (let tries = 0; received < total / 4 && tries < 3000; tries++) await sleep(10);
          if (sent === total / 2) halfWay = received;
        }
        push.end();
      })().catch(failed);
    });
    atCore = echo("core");
    expect(status).toBe(201);
    expect(halfWay).toBeGreaterThanOrEqual(total / 4);
    expect(received).toBe(total);
    expect(peakKiB(proxy.pid as number) - before).toBeLessThan(8 * 1024);
    const kept = readdirSync(join(folder, "tmp"), { recursive: true, withFileTypes: true }).filter((one) =>
      one.isFile(),
    );
    expect(kept.map(({ name }) => name)).toEqual(["nginx.pid"]);
  });

  it("lets a layer out as it comes: the client has the first half before there is a second", async () => {
    const half = Buffer.alloc(2 ** 20, "x");
    let goOn: () => void = () => undefined;
    const asked = new Promise<void>((done) => (goOn = done));
    atCore = (_, outgoing) => {
      outgoing.writeHead(200, { "Content-Length": 2 * half.length });
      outgoing.write(half);
      void asked.then(() => outgoing.end(half));
    };
    const [early, all] = await new Promise<[number, number]>((done, failed) => {
      const pull = request(
        {
          ...{ host: "127.0.0.1", port: ports.https, path: "/v2/shop/front/blobs/sha256:1", agent: false },
          ...{ servername: "registry.example.com", rejectUnauthorized: false },
          headers: { Host: "registry.example.com" },
        },
        (response) => {
          let received = 0;
          let before = 0;
          const wait = setTimeout(goOn, 20_000); // or it would wait for ever, where it fails
          response.on("data", (chunk: Buffer) => {
            received += chunk.length;
            if (received < half.length || before > 0) return;
            before = received;
            clearTimeout(wait);
            goOn();
          });
          response.on("end", () => done([before, received]));
        },
      );
      const start = setTimeout(goOn, 20_000);
      pull.on("response", () => clearTimeout(start));
      pull.on("error", failed);
      pull.end();
    });
    atCore = echo("core");
    expect([early, all]).toEqual([half.length, 2 * half.length]);
  });
});

/** A server that says its name and what it was asked. */
function echo(name: string): RequestListener {
  return ({ url: asked, headers }, response) => {
    response.setHeader("Set-Cookie", "a=b; Path=/");
    response.end(`${name} ${asked} ${headers.host} ${String(headers["x-forwarded-proto"])}`);
  };
}

async function textOf(stream: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of stream) text += String(chunk);
  return text;
}

async function freePort(): Promise<number> {
  const socket = createSocket().listen(0, "127.0.0.1");
  await once(socket, "listening");
  const { port } = socket.address() as AddressInfo;
  socket.close();
  await once(socket, "close");
  return port;
}

/** The most memory that a process and its children have had, summed. */
function peakKiB(pid: number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8")
    .trim()
    .split(" ")
    .filter(Boolean);
  return [String(pid), ...children].reduce(
    (sum, one) => sum + Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${one}/status`, "utf8"))?.[1]),
    0,
  );
}

/** nginx on PATH, or the program alone out of Debian's package: installed, it would start a service of its own. */
async function nginxProgram(): Promise<string> {
  const present = ["/usr/sbin/nginx", "/usr/local/sbin/nginx"].find((path) => existsSync(path));
  if (present) return present;
  const place = join(cacheDir, "nginx");
  const program = join(place, "usr", "sbin", "nginx");
  if (existsSync(program)) return program;
  if (!isDebianRoot())
    throw new Error("nginx is missing: install it, or run this as root on a Debian-like machine");
  mkdirSync(place, { recursive: true });
  await run("apt-get", ["update", "-q"], { allow: anyCode });
  await run("apt-get", ["download", "-q", "nginx"], { cwd: place });
  const [deb = ""] = readdirSync(place).filter((name) => name.endsWith(".deb"));
  await run("dpkg-deb", ["--extract", join(place, deb), place]);
  return program;
}
