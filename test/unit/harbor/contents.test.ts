import { createRequire } from "node:module";
import * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Settings } from "../../../components/harbor-contents/kind";
import { providerOf } from "../../../components/harbor-contents/provider";
import { kinds } from "../../../components/harbor-contents/resources";
import { type Contract, contractServer } from "./contract-server";

type Json = any; // eslint-disable-line @typescript-eslint/no-explicit-any

// As Pulumi runs them: taken as text, in a module of their own.

type Provider = Record<
  "create" | "read" | "update" | "delete" | "diff",
  (...args: unknown[]) => Promise<Json>
>;

async function asText(kind: keyof typeof kinds): Promise<Provider> {
  const { text } = await pulumi.runtime.serializeFunction(() => providerOf(kinds[kind]), {
    allowSecrets: true,
  });
  const module = { exports: {} as { handler: () => Provider } };
  new Function("exports", "require", "module", text)(module.exports, createRequire(__filename), module);
  return module.exports.handler();
}

describe("what is declared in Harbor", () => {
  let server: Contract;
  let connection: { url: string; username: string; password: string };
  const providers = {} as Record<keyof typeof kinds, Provider>;
  beforeAll(async () => {
    server = await contractServer();
    connection = { url: server.url, username: "admin", password: "Secret1" };
    for (const kind of Object.keys(kinds) as (keyof typeof kinds)[]) providers[kind] = await asText(kind);
  }, 60_000);
  afterAll(() => server.close());

  const settings: Record<keyof typeof kinds, Settings> = {
    Registry: {
      name: "hub",
      type: "docker-hub",
      url: "https://hub.docker.com",
      user: "u",
      password: "UPSTREAM",
      insecure: false,
    },
    Project: { name: "42", public: true, quotaGiB: 5, scan: true, blockFrom: "high", cacheOf: "hub" },
    Robot: {
      name: "jenkins",
      projects: ["42", "b"],
      access: "push",
      days: -1,
      rotation: 0,
      description: "farmstack/test",
    },
    Retention: {
      project: "42",
      schedule: "0 0 0 * * *",
      rules: [
        { repositories: "**", tags: "v*", latest: 10, days: -1 },
        { repositories: "a/**", tags: "**", latest: -1, days: 30 },
      ],
    },
    ImmutableTags: { project: "42", repositories: "**", tags: "v*" },
    Replication: {
      name: "out",
      direction: "push",
      registry: "hub",
      repositories: "42/**",
      tags: "v*",
      into: "copies",
      schedule: "0 0 2 * * *",
      override: false,
    },
    Schedule: { work: "gc", schedule: "0 0 3 * * 0", untagged: true },
  };
  const changes: Record<keyof typeof kinds, Settings> = {
    Registry: { url: "https://hub.example.com", user: "", password: "" },
    Project: { public: false, quotaGiB: -1, blockFrom: "none" },
    Robot: { access: "pull", projects: ["*"] },
    Retention: { rules: [{ repositories: "**", tags: "**", latest: 3, days: -1 }] },
    ImmutableTags: { tags: "release-*" },
    Replication: { schedule: "event", override: true },
    Schedule: { schedule: "0 30 3 * * *", untagged: false },
  };
  const made: Partial<Record<keyof typeof kinds, { id: string; outs: Settings }>> = {};

  it.each(Object.keys(settings) as (keyof typeof kinds)[])(
    "%s: is made, read back, changed, and read back",
    async (kind) => {
      const provider = providers[kind];
      const state = { connection, settings: settings[kind] };
      const { id, outs } = await provider.create(state);
      const again = await provider.create(state); // as after a run that was cut
      expect(again.id).toBe(id);
      const seen = await provider.read(id, outs);
      expect(seen).toMatchObject({
        id,
        inputs: { settings: settings[kind] },
        props: { settings: settings[kind] },
      });
      expect(await provider.diff(id, seen.props, state)).toMatchObject({ changes: false, replaces: [] });

      const news = { connection, settings: { ...settings[kind], ...changes[kind] } };
      expect(await provider.diff(id, seen.props, news)).toMatchObject({ changes: true, replaces: [] });
      const updated = await provider.update(id, again.outs, news);
      expect((await provider.read(id, updated.outs)).props.settings).toEqual(news.settings);
      made[kind] = { id, outs: updated.outs };
    },
  );

  it("a robot's secret comes when it is made, and again by rotation alone", async () => {
    const { id, outs } = made.Robot!;
    const secret = server.harbor.robots[0].secret as string;
    expect(outs).toMatchObject({ login: "robot$jenkins", secret }); // of the second creation, by PATCH
    expect((await providers.Robot.read(id, outs)).props.secret).toBe(secret);
    const same = await providers.Robot.update(id, outs, {
      connection,
      settings: { ...outs.settings, days: 90 },
    });
    expect(same.outs.secret).toBe(secret);
    const rotated = await providers.Robot.update(id, same.outs, {
      connection,
      settings: { ...same.outs.settings, rotation: 1 },
    });
    expect(rotated.outs.secret).not.toBe(secret);
    expect(rotated.outs.secret).toBe(server.harbor.robots[0].secret);
    expect(server.harbor.robots[0].name).toBe("robot$jenkins");
    made.Robot = { id, outs: rotated.outs };
  });

  it("a robot of somebody else is left alone", async () => {
    server.harbor.robots.push({ id: 900, name: "robot$theirs", description: "by hand", secret: "THEIRS" });
    const state = { connection, settings: { ...settings.Robot, name: "theirs" } };
    await expect(providers.Robot.create(state)).rejects.toThrow(
      "robot theirs is there already, and not of this stack",
    );
    expect(server.harbor.robots.at(-1)).toMatchObject({ secret: "THEIRS" });
  });

  it("what was changed by hand is seen, and what is gone too", async () => {
    const { id, outs } = made.Project!;
    server.harbor.projects[0].metadata.public = "true";
    const seen = await providers.Project.read(id, outs);
    expect(seen.inputs.settings).toEqual({ ...outs.settings, public: true });
    server.harbor.robots[0].disable = true;
    expect((await providers.Robot.read(made.Robot!.id, made.Robot!.outs)).props.settings.access).toBe("none");
    server.harbor.robots.splice(0, 1);
    expect(await providers.Robot.read(made.Robot!.id, made.Robot!.outs)).toEqual({});
    server.harbor.schedules.gc = undefined;
    expect(await providers.Schedule.read("gc", made.Schedule!.outs)).toEqual({});
  });

  it("another password of admin is no change in Harbor, and what is another thing is replaced", async () => {
    const { id, outs } = made.Project!;
    const asked = server.asked.length;
    const news = { connection: { ...connection, password: "Other1" }, settings: outs.settings };
    expect(await providers.Project.diff(id, outs, news)).toMatchObject({ changes: true, replaces: [] });
    const updated = await providers.Project.update(id, outs, news);
    expect(updated.outs.connection.password).toBe("Other1");
    expect(server.asked.length).toBe(asked);
    const other = { connection, settings: { ...outs.settings, name: "other" } };
    expect(await providers.Project.diff(id, outs, other)).toMatchObject({
      replaces: ["settings"],
      deleteBeforeReplace: true,
    });
  });

  it("failures say what Harbor says and what to do, and no password", async () => {
    const { id, outs } = made.Project!;
    server.harbor.projects[0].images = 3;
    await expect(providers.Project.delete(id, outs)).rejects.toThrow(
      "project 42 has images, and is not deleted",
    );
    await expect(providers.Registry.delete(made.Registry!.id, made.Registry!.outs)).rejects.toThrow(
      "registry hub is in use by a project or a replication",
    );
    const wrong = { ...connection, password: "WRONG-PASSWORD" };
    const failure: Error = await providers.Project.read(id, { ...outs, connection: wrong }).catch(
      (error: Error) => error,
    );
    expect(failure.message).toContain(
      "→ 401 unauthorized. Is the password of admin another than the stack's?",
    );
    expect(failure.message).not.toContain("WRONG-PASSWORD");
    await expect(
      providers.Project.create({
        connection,
        settings: { ...settings.Project, name: "x", cacheOf: "nowhere" },
      }),
    ).rejects.toThrow("project x: Harbor has no registry nowhere");
    const nobody = { ...connection, url: "http://127.0.0.1:1" };
    await expect(providers.Project.read(id, { ...outs, connection: nobody })).rejects.toThrow(
      "Harbor at http://127.0.0.1:1 can't be asked",
    );
  });

  it("everything goes, in whatever state it is", async () => {
    server.harbor.projects[0].images = 0;
    for (const kind of [
      "Replication",
      "ImmutableTags",
      "Retention",
      "Robot",
      "Schedule",
      "Project",
      "Registry",
    ] as const)
      await providers[kind].delete(made[kind]!.id, made[kind]!.outs);
    const { projects, registries, retentions, policies, immutable } = server.harbor;
    expect([projects, registries, retentions, policies, immutable].flat()).toEqual([]);
    await providers.Robot.delete(made.Robot!.id, made.Robot!.outs); // gone already
  });
});
