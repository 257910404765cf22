import { type types } from "@pulumi/kubernetes";

type Container = types.input.core.v1.Container;

/** What the description of an engine is told of a database. */
export interface Served {
  /** Name of the replica set, where there are such. */
  name: string;
  /** Most memory of a server, MiB. */
  memoryMiB: number;
  /** Secret with `key`, and the first administrator's `username` and `password`. */
  secret: string;
}

/** A program that speaks MongoDB's protocol: what there is to know of it. */
export interface DatabaseEngine {
  name: "mongodb" | "ferretdb";
  /** Number of the user and the group that it runs as. */
  user: number;
  /** Whether it keeps copies of its data on several servers. */
  replicates: boolean;
  /** Whether its users can have roles; where not, each may do anything. */
  hasRoles: boolean;
  /** Whether its image has a shell and mongosh, and it is started by start.sh, which makes the first administrator. */
  hasStartScript: boolean;
  /** What is its own in the container: command, variables, probes. */
  container(served: Served): Partial<Container>;
}

export const port = 27017;
/** Where data is in the container. */
export const dataPath = "/data/db";
/** Where the Secret of the servers is in the container. */
export const secretPath = "/run/secrets/farmstack";
/** Where the scripts are in the container. */
export const scriptsPath = "/opt/farmstack";

/** A server of the protocol that takes connections. */
const connects = { tcpSocket: { port } };

/** https://www.mongodb.com/docs/manual/reference/program/mongod/ */
const mongodb: DatabaseEngine = {
  name: "mongodb",
  user: 999,
  replicates: true,
  hasRoles: true,
  hasStartScript: true,
  container: ({ name, memoryMiB }) => ({
    command: ["sh", `${scriptsPath}/start.sh`],
    env: [
      { name: "HOME", value: "/tmp" },
      { name: "POD", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
      { name: "REPLICA_SET", value: name },
      { name: "CACHE_GB", value: cacheGb(memoryMiB) },
    ],
    // A first start makes the administrator, a later one may have to recover.
    startupProbe: { ...mongosh("ping"), periodSeconds: 10, timeoutSeconds: 10, failureThreshold: 60 },
    readinessProbe: { ...mongosh("ready"), periodSeconds: 15, timeoutSeconds: 10 },
    // Not by mongosh: it takes a second of CPU to start, and a busy database must not be ended for that.
    livenessProbe: { ...connects, periodSeconds: 20, timeoutSeconds: 5, failureThreshold: 6 },
  }),
};

/** Half of the memory beyond one GiB, as mongod itself would reckon, and not less than it takes. */
const cacheGb = (memoryMiB: number): string => Math.max(0.25, (memoryMiB / 1024 - 1) / 2).toFixed(2);

/**
 * A member that is not part of a replica set yet is ready as well: it becomes part of one by the step that comes after
 * all of them are ready.
 */
const questions = {
  ping: "db.adminCommand({ ping: 1 })",
  ready: "const h = db.hello(); quit(h.isWritablePrimary || h.secondary || h.isreplicaset ? 0 : 1)",
};

const mongosh = (question: keyof typeof questions) => ({
  exec: {
    command: ["mongosh", "--quiet", "--norc", "--port", String(port), "--eval", questions[question]],
  },
});

/**
 * FerretDB 1, on SQLite: for labs, where MongoDB's image can't be had. It has one server, no roles and no transactions,
 * and its image has nothing but its own program. https://docs.ferretdb.io/v1.24/configuration/flags/
 */
const ferretdb: DatabaseEngine = {
  name: "ferretdb",
  user: 1000,
  replicates: false,
  hasRoles: false,
  hasStartScript: false,
  container: ({ secret }) => {
    const ofSecret = (key: string) => ({ valueFrom: { secretKeyRef: { name: secret, key } } });
    return {
      args: [
        "--handler=sqlite",
        `--sqlite-url=file:${dataPath}/`,
        `--listen-addr=:${port}`,
        "--debug-addr=:8088",
        "--state-dir=-",
        "--telemetry=disable",
        "--test-enable-new-auth", // else it takes any password
        "--setup-database=admin", // makes the user when there is no such database
      ],
      // It takes no password from a file.
      env: [
        { name: "FERRETDB_SETUP_USERNAME", ...ofSecret("username") },
        { name: "FERRETDB_SETUP_PASSWORD", ...ofSecret("password") },
      ],
      startupProbe: { ...connects, periodSeconds: 2, failureThreshold: 60 },
      readinessProbe: { ...connects, periodSeconds: 5 },
      livenessProbe: {
        httpGet: { path: "/debug/livez", port: 8088 },
        periodSeconds: 20,
        timeoutSeconds: 5,
        failureThreshold: 6,
      },
    };
  },
};

export const engines = { mongodb, ferretdb };
/** A server program that there is a description of. */
export type EngineName = keyof typeof engines;
