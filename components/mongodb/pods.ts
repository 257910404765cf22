import { createHash } from "node:crypto";
import { type types } from "@pulumi/kubernetes";
import { restrictedContainer, restrictedPod } from "../namespace";
import { type DatabaseEngine, dataPath, port, scriptsPath, secretPath } from "./engine";
import { partLabels } from "./labels";
import { scripts } from "./scripts";

type PodTemplate = types.input.core.v1.PodTemplateSpec;
type Volume = types.input.core.v1.Volume;

/** A Secret as files that the pod's group may read. */
const secretVolume = (name: string, secretName: string): Volume => ({
  name,
  secret: { secretName, defaultMode: 0o440 },
});
const temporary: Volume = { name: "tmp", emptyDir: { sizeLimit: "256Mi" } };
const scriptsVolume = (name: string): Volume => ({ name: "scripts", configMap: { name } });
const atTmp = { name: "tmp", mountPath: "/tmp" };
const atScripts = [
  { name: "scripts", mountPath: scriptsPath, readOnly: true },
  { name: "scripts", mountPath: "/etc/mongosh.conf", subPath: "mongosh.conf", readOnly: true },
];
const atSecret = { name: "secret", mountPath: secretPath, readOnly: true };

export interface ServerArgs {
  name: string;
  engine: DatabaseEngine;
  image: string;
  /** Secret with `key`, `username` and `password`. */
  secret: string;
  /** ConfigMap of the scripts. */
  scripts: string;
  memoryMiB: number;
  cpuMilli: number;
}

/** The pod of a server. Its volume `data` comes from a claim. */
export function serverPod(args: ServerArgs): PodTemplate {
  const { name, engine, memoryMiB, cpuMilli } = args;
  const memory = `${memoryMiB}Mi`;
  const labels = partLabels(name, engine.name, "server");
  return {
    metadata: { labels },
    spec: {
      ...restrictedPod(engine.user),
      terminationGracePeriodSeconds: 60, // it hands its part over, and writes what it has in memory
      topologySpreadConstraints: [
        {
          maxSkew: 1,
          topologyKey: "kubernetes.io/hostname",
          whenUnsatisfiable: "DoNotSchedule",
          labelSelector: { matchLabels: labels },
        },
      ],
      containers: [
        {
          name: "server",
          image: args.image,
          ...restrictedContainer,
          ports: [{ name: "mongodb", containerPort: port }],
          resources: { requests: { cpu: `${cpuMilli}m`, memory }, limits: { memory } },
          volumeMounts: [
            { name: "data", mountPath: dataPath },
            atTmp,
            ...(engine.hasStartScript ? [atSecret, ...atScripts] : []),
          ],
          ...engine.container({ name, memoryMiB, secret: args.secret }),
        },
      ],
      volumes: [
        temporary,
        ...(engine.hasStartScript ? [secretVolume("secret", args.secret), scriptsVolume(args.scripts)] : []),
      ],
    },
  };
}

/** What setup.js is told. */
export interface SetupTask {
  /** Addresses of the members. */
  hosts: string[];
  /** Name of the replica set, where there is one. */
  replicaSet?: string;
  /** Database of the clients. */
  database: string;
  hasRoles: boolean;
  rotation: number;
  /** Last generation whose users go. */
  retired: number;
  /** Seconds for which it is tried again. */
  patience: number;
}

interface StepArgs {
  name: string;
  engine: DatabaseEngine;
  /** Image with mongosh, or the tools. */
  image: string;
  secret: string;
  scripts: string;
}

const stepResources = { requests: { cpu: "100m", memory: "512Mi" }, limits: { memory: "512Mi" } };

/** The pod of the step that makes the database what the stack says. Another task, or another script, is another step. */
export function setupPod({ name, engine, image, secret, ...args }: StepArgs, task: SetupTask): PodTemplate {
  const script = createHash("sha256")
    .update(scripts["setup.js"] ?? "")
    .digest("hex");
  return {
    metadata: {
      labels: partLabels(name, engine.name, "setup"),
      annotations: { "farmstack.setup": script.slice(0, 16) },
    },
    spec: {
      ...restrictedPod(engine.user),
      restartPolicy: "Never",
      containers: [
        {
          name: "setup",
          image,
          ...restrictedContainer,
          command: ["mongosh", "--nodb", "--quiet", "--norc", "--file", `${scriptsPath}/setup.js`],
          env: [
            { name: "HOME", value: "/tmp" },
            { name: "TASK", value: JSON.stringify(task) },
          ],
          resources: stepResources,
          volumeMounts: [atTmp, atSecret, ...atScripts],
        },
      ],
      volumes: [temporary, secretVolume("secret", secret), scriptsVolume(args.scripts)],
    },
  };
}

/** The pod that saves the database; the commands of the operator are its other arguments. */
export function backupPod(
  { name, engine, image, secret, ...args }: StepArgs,
  { claim, database, keep }: { claim: string; database: string; keep: number },
): PodTemplate {
  return {
    metadata: { labels: partLabels(name, engine.name, "backup") },
    spec: {
      ...restrictedPod(engine.user),
      restartPolicy: "Never",
      containers: [
        {
          name: "backup",
          image,
          ...restrictedContainer,
          command: ["sh", `${scriptsPath}/backup.sh`],
          args: ["backup"],
          env: [
            { name: "HOME", value: "/tmp" },
            { name: "DATABASE", value: database },
            { name: "KEEP", value: String(keep) },
          ],
          resources: stepResources,
          volumeMounts: [{ name: "backup", mountPath: "/backup" }, atTmp, atSecret, ...atScripts],
        },
      ],
      volumes: [
        { name: "backup", persistentVolumeClaim: { claimName: claim } },
        temporary,
        secretVolume("secret", secret),
        scriptsVolume(args.scripts),
      ],
    },
  };
}
