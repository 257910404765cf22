import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Properties } from "../../../lab/plugins/resource-type";

interface FakeContainer {
  id: string;
  name: string;
  body: Properties;
  state: Properties;
  archive?: Buffer;
}

/** As much of a Docker daemon as a container needs, on a unix socket. It records the requests that it got. */
export class FakeDaemon {
  private readonly folder = mkdtempSync(join(tmpdir(), "fake-daemon-"));
  readonly socket = join(this.folder, "docker.sock");
  readonly requests: string[] = [];
  readonly containers: FakeContainer[] = [];
  /** What a container's state is after its start; called again at each inspect. */
  onStart: (container: FakeContainer) => Properties = () => ({ Running: true, Status: "running" });
  log = "";
  /** Images on the host, name → id, and what a pull answers: the id, or an error in its stream. */
  readonly images: Record<string, string> = {};
  pull: (image: string) => { id: string } | { error: string } = () => ({ error: "no registry" });
  private readonly server: Server = createServer((request, response) => void this.answer(request, response));

  async listen(): Promise<this> {
    this.server.listen(this.socket);
    await once(this.server, "listening");
    return this;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
    rmSync(this.folder, { recursive: true });
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const content = Buffer.concat(parts);
    const url = new URL(request.url ?? "", "http://docker");
    this.requests.push(`${request.method} ${url.pathname}${url.search}`);
    const reply = (status: number, body?: unknown) => {
      response.writeHead(status, { "Content-Type": "application/json" });
      response.end(Buffer.isBuffer(body) ? body : body === undefined ? "" : JSON.stringify(body));
    };
    const [, kind, id, call] = url.pathname.split("/");
    if (kind === "version") return reply(200, { Version: "fake" });
    if (kind === "images") {
      if (id === "create") {
        const image = `${url.searchParams.get("fromImage")}:${url.searchParams.get("tag")}`;
        const answer = this.pull(image);
        if ("id" in answer) this.images[image] = answer.id;
        return reply(200, Buffer.from(`{"status":"Pulling"}\n${JSON.stringify(answer)}\n`));
      }
      const name = url.pathname.slice("/images/".length).replace(/\/json$/, "");
      const image = this.images[name];
      if (!image) return reply(404, { message: `No such image: ${name}` });
      if (request.method === "DELETE") delete this.images[name];
      return reply(200, { Id: image, RepoDigests: [`${name.replace(/:[^:/]*$/, "")}@sha256:d1`] });
    }
    if (id === "create") {
      const name = url.searchParams.get("name") ?? "";
      if (this.containers.some((other) => other.name === name))
        return reply(409, { message: `Conflict. The container name "/${name}" is already in use.` });
      const made = { id: `id-of-${name}`, name, body: JSON.parse(content.toString()), state: created() };
      this.containers.push(made);
      return reply(201, { Id: made.id });
    }
    const container = this.containers.find((one) => one.id === id);
    if (!container) return reply(404, { message: `No such container: ${id}` });
    switch (`${request.method} ${call ?? ""}`) {
      case "GET json":
        if (container.state.Running) container.state = this.onStart(container);
        return reply(200, inspected(container));
      case "PUT archive":
        container.archive = content;
        return reply(200);
      case "POST start":
        container.state = this.onStart(container);
        return reply(204);
      case "POST stop":
        container.state = { ...container.state, Running: false, Status: "exited", ExitCode: 143 };
        return reply(204);
      case "POST update":
        container.body.HostConfig = { ...container.body.HostConfig, ...JSON.parse(content.toString()) };
        return reply(200, { Warnings: [] });
      case "GET logs":
        return reply(200, framed(this.log));
      case "DELETE ":
        this.containers.splice(this.containers.indexOf(container), 1);
        return reply(204);
      default:
        return reply(501, { message: `not in the fake: ${request.method} ${url.pathname}` });
    }
  }
}

const created = () => ({ Running: false, Status: "created", ExitCode: 0 });

function inspected({ id, name, body, state }: FakeContainer): Properties {
  const { HostConfig, ...Config } = body;
  const NetworkSettings = { Bridge: "", Networks: { bridge: { IPAddress: "172.17.0.2" } } };
  return { Id: id, Name: `/${name}`, Image: Config.Image, State: state, Config, HostConfig, NetworkSettings };
}

function framed(log: string): Buffer {
  const head = Buffer.alloc(8);
  head[0] = 1;
  head.writeUInt32BE(Buffer.byteLength(log), 4);
  return log ? Buffer.concat([head, Buffer.from(log)]) : Buffer.alloc(0);
}
