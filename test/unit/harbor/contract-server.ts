import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo } from "node:net";

// Harbor's API as its document says (api/v2.0/swagger.yaml at v2.15.2), for what the stack asks of it: what is made gets a
// number in `Location`, a name that is taken is 409, a project is found by its number unless X-Is-Resource-Name is true, a
// robot's secret is answered when it is made and when it is made anew, and never read, one in use can't be deleted (412).

type Json = any; // eslint-disable-line @typescript-eslint/no-explicit-any

export interface Contract {
  url: string;
  /** Requests so far, as `METHOD PATH`. */
  asked: string[];
  /** What it has; tests change it to make drift. */
  harbor: Record<
    "projects" | "registries" | "robots" | "retentions" | "policies" | "quotas" | "immutable",
    Json[]
  > & { schedules: Record<string, Json>; password: string };
  close(): Promise<void>;
}

export async function contractServer(password = "Secret1"): Promise<Contract> {
  const harbor: Contract["harbor"] = {
    projects: [],
    registries: [],
    robots: [],
    retentions: [],
    policies: [],
    quotas: [],
    immutable: [],
    schedules: {},
    password,
  };
  const asked: string[] = [];
  let numbers = 0;
  const next = () => ++numbers;
  const server: Server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      asked.push(`${request.method} ${request.url}`);
      answer(request, response, body);
    });
  });

  function answer(request: IncomingMessage, response: ServerResponse, body: Json): void {
    const url = new URL(request.url ?? "", "http://localhost");
    const path = url.pathname.replace("/api/v2.0", "");
    const send = (status: number, value?: unknown, location?: string) => {
      response.writeHead(status, {
        "Content-Type": "application/json",
        ...(location ? { Location: `/api/v2.0${location}` } : {}),
      });
      response.end(value === undefined ? undefined : JSON.stringify(value));
    };
    const fail = (status: number, message: string) => send(status, { errors: [{ code: "X", message }] });
    const login = `Basic ${Buffer.from(`admin:${harbor.password}`).toString("base64")}`;
    if (request.headers.authorization !== login) return fail(401, "unauthorized");

    const page = Number(url.searchParams.get("page") ?? 1);
    const size = Number(url.searchParams.get("page_size") ?? 10);
    const paged = (all: Json[]) => send(200, all.slice((page - 1) * size, page * size));
    const byName = request.headers["x-is-resource-name"] === "true";
    const projectBy = (part: string) =>
      harbor.projects.find(({ name, project_id }) =>
        byName ? name === decodeURIComponent(part) : String(project_id) === part,
      );
    const [, collection = "", key = "", below = "", rule = ""] = path.split("/");
    const { method } = request;

    if (collection === "projects" && !key) {
      if (harbor.projects.some(({ name }) => name === body.project_name))
        return fail(409, `The project named ${body.project_name} already exists`);
      const project_id = next();
      harbor.projects.push({
        project_id,
        name: body.project_name,
        registry_id: body.registry_id ?? 0,
        metadata: { ...body.metadata },
        images: 0,
      });
      harbor.quotas.push({ id: next(), ref: project_id, hard: { storage: body.storage_limit ?? -1 } });
      return send(201, undefined, `/projects/${project_id}`);
    }
    if (collection === "projects") {
      const project = projectBy(key);
      if (!project) return fail(404, `project ${key} not found`);
      if (below === "immutabletagrules") return immutable(project, rule);
      if (method === "GET") return send(200, project);
      if (method === "PUT") {
        Object.assign(project.metadata, body.metadata);
        return send(200);
      }
      if (project.images > 0) return fail(412, "the project contains repositories, can not be deleted");
      harbor.projects.splice(harbor.projects.indexOf(project), 1);
      return send(200);
    }
    if (collection === "quotas" && !key)
      return send(
        200,
        harbor.quotas.filter(({ ref }) => String(ref) === url.searchParams.get("reference_id")),
      );
    if (collection === "quotas") {
      const quota = harbor.quotas.find(({ id }) => String(id) === key);
      quota.hard = body.hard;
      return send(200);
    }
    if (collection === "registries") return elements(harbor.registries, "registries", registryUpdate);
    if (collection === "replication") return policies(below);
    if (collection === "robots") return robots();
    if (collection === "retentions") return retentions();
    if (collection === "system") {
      if (method === "GET") return send(200, harbor.schedules[key] ?? {});
      const { schedule, parameters } = body;
      harbor.schedules[key] =
        schedule.type === "None" ? undefined : { schedule, job_parameters: JSON.stringify(parameters ?? {}) };
      return send(200);
    }
    fail(404, `no ${path}`);

    function registryUpdate(registry: Json) {
      Object.assign(registry, { name: body.name, url: body.url, insecure: body.insecure });
      registry.credential = body.credential_type
        ? { type: "basic", access_key: body.access_key, access_secret: body.access_secret }
        : undefined;
    }

    function elements(all: Json[], name: string, update: (element: Json) => void, id = key) {
      if (!id && method === "GET") {
        const mask = (one: Json) =>
          one.credential ? { ...one, credential: { ...one.credential, access_secret: "*****" } } : one;
        return paged(all.map(mask));
      }
      if (!id) {
        if (all.some((one) => one.name === body.name)) return fail(409, `${body.name} already exists`);
        const made = { ...body, id: next() };
        all.push(made);
        return send(201, undefined, `/${name}/${made.id}`);
      }
      const element = all.find((one) => String(one.id) === id);
      if (!element) return fail(404, `${name} ${id} not found`);
      if (method === "GET")
        return send(
          200,
          element.credential
            ? { ...element, credential: { ...element.credential, access_secret: "*****" } }
            : element,
        );
      if (method === "PUT") {
        update(element);
        return send(200);
      }
      if (name === "registries" && harbor.projects.some(({ registry_id }) => registry_id === element.id))
        return fail(412, "the registry is referenced by proxy cache project");
      all.splice(all.indexOf(element), 1);
      return send(200);
    }

    function policies(id: string) {
      const registryOf = (given: Json) => given && harbor.registries.find((one) => one.id === given.id);
      if (method === "POST" || method === "PUT") {
        body.src_registry = registryOf(body.src_registry);
        body.dest_registry = registryOf(body.dest_registry);
      }
      return elements(
        harbor.policies,
        "replication/policies",
        (policy) => {
          for (const field of Object.keys(policy)) delete policy[field];
          Object.assign(policy, body);
        },
        id,
      );
    }

    function robots() {
      if (!key && method === "GET") return paged(harbor.robots.map((one) => ({ ...one, secret: undefined })));
      if (!key) {
        const name = `robot$${body.name}`;
        if (harbor.robots.some((one) => one.name === name)) return fail(409, "robot account already exists");
        if (body.duration !== -1 && !(body.duration > 0))
          return fail(400, "bad request error duration input");
        const made = { ...body, id: next(), name, secret: `Robot-secret-${next()}`, editable: true };
        harbor.robots.push(made);
        return send(201, { id: made.id, name, secret: made.secret }, `/robots/${made.id}`);
      }
      const robot = harbor.robots.find(({ id }) => String(id) === key);
      if (!robot) return fail(404, `robot ${key} not found`);
      if (method === "GET") return send(200, { ...robot, secret: undefined });
      if (method === "PUT") {
        if (body.name !== robot.name || body.level !== robot.level)
          return fail(400, "cannot update the level or name of robot");
        Object.assign(robot, body, { secret: robot.secret });
        return send(200);
      }
      if (method === "PATCH") {
        robot.secret = body.secret || `Robot-secret-${next()}`;
        return send(200, { secret: body.secret ? "" : robot.secret });
      }
      harbor.robots.splice(harbor.robots.indexOf(robot), 1);
      return send(200);
    }

    function retentions() {
      if (!key) {
        const project = harbor.projects.find(({ project_id }) => project_id === body.scope.ref);
        if (project.metadata.retention_id)
          return fail(400, `project ${body.scope.ref} already has retention policy`);
        const made = { ...body, id: next() };
        harbor.retentions.push(made);
        project.metadata.retention_id = String(made.id);
        return send(201, undefined, `/retentions/${made.id}`);
      }
      const found = harbor.retentions.find(({ id }) => String(id) === key);
      if (!found) return fail(404, `no such retention policy with id ${key}`);
      if (method === "GET") return send(200, found);
      if (method === "PUT") {
        Object.assign(found, body);
        return send(200);
      }
      harbor.retentions.splice(harbor.retentions.indexOf(found), 1);
      for (const { metadata } of harbor.projects)
        if (metadata.retention_id === key) delete metadata.retention_id;
      return send(200);
    }

    function immutable(project: Json, id: string) {
      const ofProject = harbor.immutable.filter(({ project_id }) => project_id === project.project_id);
      if (method === "GET") return paged(ofProject);
      const text = (one: Json) => JSON.stringify([one.tag_selectors, one.scope_selectors]);
      if (method === "POST") {
        if (ofProject.some((one) => text(one) === text(body)))
          return fail(409, "immutable rule already exists");
        const made = { ...body, id: next(), project_id: project.project_id };
        harbor.immutable.push(made);
        return send(201, undefined, `/projects/${project.project_id}/immutabletagrules/${made.id}`);
      }
      const found = ofProject.find((one) => String(one.id) === id);
      if (!found) return fail(404, `rule ${id} not found`);
      if (method === "PUT") Object.assign(found, body);
      else harbor.immutable.splice(harbor.immutable.indexOf(found), 1);
      return send(200);
    }
  }

  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    harbor,
    close: () =>
      new Promise((closed) => {
        server.closeAllConnections();
        server.close(() => closed());
      }),
  };
}

async function bodyOf(request: IncomingMessage): Promise<Json> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text ? JSON.parse(text) : undefined;
}
