import { createContext, runInContext } from "node:vm";
import { beforeEach, describe, expect, it } from "vitest";
import { scripts } from "../../../components/mongodb/scripts";
import { type SetupTask } from "../../../components/mongodb/pods";

/** Servers as setup.js sees them through mongosh, which waits for answers by itself: here they come at once. */
class World {
  users: Record<string, string> = { "admin-0": "a0" };
  set: { _id: string; version?: number; members: { _id: number; host: string }[] } | undefined;
  /** Members that don't answer. */
  down: string[] = [];
  /** States of members that are not primary or secondary. */
  states: Record<string, number> = {};
  /** Commands that changed something. */
  changes: string[] = [];
  printed = "";
  /** Ends the script at the n-th change, as a cut would. */
  cutAt = Infinity;

  connect = (uri: string) => {
    const [, user, password, address = ""] = /^mongodb:\/\/(?:(.*?):(.*?)@)?(.*?)\/admin\?/.exec(uri) ?? [];
    if (address.split(",").every((host) => this.down.includes(host)))
      throw new Error(`${address}: no server`);
    if (user !== undefined && this.users[user] !== password)
      throw Object.assign(new Error("Authentication failed."), { code: 18 });
    const database = {
      hello: () => (this.set ? { setName: this.set._id } : { isreplicaset: true }),
      getUser: (name: string) => (name in this.users ? { user: name } : null),
      getSiblingDB: () => database,
      adminCommand: (command: Record<string, never>) => this.run(command),
      runCommand: (command: Record<string, never>) => this.run(command),
    };
    return database;
  };

  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  private run(command: Record<string, any>): object {
    const verb = Object.keys(command)[0] as string;
    if (/^(replSetInitiate|replSetReconfig|createUser|updateUser|dropUser)$/.test(verb)) {
      if (this.changes.length + 1 >= this.cutAt) throw new Error("cut");
      this.changes.push(`${verb} ${typeof command[verb] === "string" ? command[verb] : ""}`.trim());
    }
    switch (verb) {
      case "replSetInitiate":
      case "replSetReconfig":
        this.set = command[verb];
        break;
      case "replSetGetConfig":
        return { ok: 1, config: { version: 1, ...this.set } };
      case "replSetGetStatus":
        return {
          ok: 1,
          members: this.set?.members.map(({ host }, index) => {
            const state = this.states[host] ?? (index === 0 ? 1 : 2);
            return { name: host, state, stateStr: `STATE${state}` };
          }),
        };
      case "createUser":
      case "updateUser":
        this.users[command[verb]] = command.pwd;
        break;
      case "dropUser":
        delete this.users[command.dropUser];
        break;
      case "usersInfo":
        return { ok: 1, users: Object.keys(this.users).map((user) => ({ user })) };
    }
    return { ok: 1 };
  }
}

const hosts = ["m-0:27017", "m-1:27017", "m-2:27017"];
let world: World;
beforeEach(() => {
  world = new World();
});

/** Runs setup.js, and gives its exit code. */
function setup(task: Partial<SetupTask> = {}): number {
  const complete = { hosts, replicaSet: "m", database: "app", hasRoles: true, rotation: 0, retired: -2 };
  const passwords = Array.from({ length: (task.rotation ?? 0) + 1 }, (_, generation) => `a${generation}`);
  const files: Record<string, string> = {
    "admin.json": JSON.stringify(passwords),
    client: `c${task.rotation ?? 0}`,
    backup: `b${task.rotation ?? 0}`,
  };
  const readFileSync = (path: string) => files[path.split("/").pop() as string];
  const ended = (code: number) => Object.assign(new Error("ended"), { exit: code });
  const context = createContext({
    require: () => ({ readFileSync }),
    process: { env: { TASK: JSON.stringify({ ...complete, patience: -1, ...task }) } },
    connect: world.connect,
    print: (line: string) => (world.printed += `${line}\n`),
    sleep: () => undefined,
    quit: (code: number) => {
      throw ended(code);
    },
  });
  try {
    runInContext(scripts["setup.js"] as string, context);
    return 0;
  } catch (error) {
    const { exit } = error as { exit?: number };
    if (exit === undefined) throw error;
    return exit;
  }
}

describe("the step that makes a database what the stack says", () => {
  it("makes the replica set and the users", () => {
    expect(setup()).toBe(0);
    expect(world.set?.members.map(({ host }) => host)).toEqual(hosts);
    expect(world.users).toEqual({ "admin-0": "a0", "client-0": "c0", "backup-0": "b0" });
  });

  it("changes nothing when it is run again but to set what is set", () => {
    setup();
    const before = structuredClone(world.users);
    world.changes = [];
    expect(setup()).toBe(0);
    expect(world.users).toEqual(before);
    expect(world.changes).toEqual(["updateUser admin-0", "updateUser client-0", "updateUser backup-0"]);
  });

  it("adds members one at a time", () => {
    setup({ hosts: hosts.slice(0, 1) });
    world.changes = [];
    expect(setup()).toBe(0);
    expect(world.changes.filter((change) => change === "replSetReconfig")).toHaveLength(2);
    expect(world.set?.members).toEqual(hosts.map((host, _id) => ({ _id, host })));
  });

  it("makes no second replica set while it can't ask every member", () => {
    world.down = ["m-2:27017"];
    expect(setup()).toBe(1);
    expect(world.changes).toEqual([]);
    expect(world.printed).toContain("m-2:27017: no server");
  });

  it("waits for members that have not got their data", () => {
    world.states = { "m-1:27017": 5 };
    expect(setup()).toBe(1);
    expect(world.printed).toContain("not ready: m-0:27017 STATE1, m-1:27017 STATE5, m-2:27017 STATE2");
    expect(Object.keys(world.users)).toEqual(["admin-0"]);
  });

  it("leaves the previous users where they are, and ends those that are retired", () => {
    setup();
    expect(setup({ rotation: 1, retired: -1 })).toBe(0);
    expect(world.users).toMatchObject({ "client-0": "c0", "client-1": "c1", "admin-1": "a1" });
    expect(setup({ rotation: 2, retired: 0 })).toBe(0);
    expect(Object.keys(world.users).sort()).toEqual(
      ["admin", "backup", "client"].flatMap((role) => [`${role}-1`, `${role}-2`]),
    );
    expect(setup({ rotation: 2, retired: 1 })).toBe(0);
    expect(Object.keys(world.users).sort()).toEqual(["admin-2", "backup-2", "client-2"]);
  });

  it("leaves users alone that others made", () => {
    world.users["reporting"] = "r";
    expect(setup({ rotation: 5, retired: 4 })).toBe(0);
    expect(world.users["reporting"]).toBe("r");
  });

  it("gets from any generation to any later one", () => {
    setup();
    expect(setup({ rotation: 7, retired: 5 })).toBe(0);
    expect(world.users["admin-7"]).toBe("a7");
    expect(world.users["admin-0"]).toBeUndefined();
  });

  it("may be cut at any change: somebody can still log in, and the next run ends it", () => {
    for (let cutAt = 1; cutAt < 20; cutAt++) {
      world = new World();
      setup();
      world.changes = [];
      world.cutAt = cutAt;
      const code = setup({ rotation: 2, retired: 1 });
      expect(["admin-0", "admin-2"].some((user) => user in world.users)).toBe(true);
      expect("client-0" in world.users || "client-2" in world.users).toBe(true);
      world.cutAt = Infinity;
      expect(setup({ rotation: 2, retired: 1 })).toBe(0);
      expect(world.users).toEqual({ "admin-2": "a2", "client-2": "c2", "backup-2": "b2" });
      if (code === 0) return;
    }
    throw new Error("it was never run to its end");
  });

  it("says so when no password fits, and changes nothing", () => {
    world.users = { "admin-0": "another" };
    world.set = { _id: "m", members: [] };
    expect(setup({ rotation: 1, retired: -1 })).toBe(1);
    expect(world.printed).toContain("takes no password of generation 0 to 1");
    expect(world.changes).toEqual([]);
  });

  it("prints no password", () => {
    setup({ rotation: 2, retired: 1 });
    expect(world.printed).not.toMatch(/\b[abc]\d\b/);
  });

  it("knows servers without replica sets and roles", () => {
    expect(setup({ hosts: ["f-0:27017"], replicaSet: undefined, hasRoles: false })).toBe(0);
    expect(world.set).toBeUndefined();
  });
});

describe("setup.js", () => {
  it("calls the database in no function that is handed to others: mongosh would not wait there", () => {
    expect(scripts["setup.js"]).not.toMatch(
      /\.(map|some|every|forEach|filter)\([^)]*(connect|hello|ommand)\b/,
    );
    expect(scripts["setup.js"]).not.toMatch(/return connect\(/);
  });
});
