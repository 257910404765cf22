import { users } from "../../components/logging/users";
import { type StackSettings } from "../../config/schema";
import { type Stack, type StackChoice } from "../stack";

/** What can be done to parts of a stack by commands of their systems. */
export const verbs = ["backup", "restore", "rotate"] as const;
export type Verb = (typeof verbs)[number];

/** Systems with commands of their own. */
export const systems = ["ceph", "kubernetes", "mongodb", "logging", "harbor"] as const;
export type System = (typeof systems)[number];

/** The system's own subcommand; undefined: it has none for this. */
export const subcommands: Record<Verb, Partial<Record<System, string>>> = {
  // etcd's snapshots are made by a timer on the control planes: this shows that they are.
  backup: { ceph: "backup", kubernetes: "snapshots", mongodb: "backup", logging: "save", harbor: "backup" },
  restore: {
    ceph: "restore",
    kubernetes: "restore",
    mongodb: "restore",
    logging: "restore",
    harbor: "restore",
  },
  rotate: { ceph: "rotate", mongodb: "rotate", logging: "rotate", harbor: "rotate" },
};

/** A part of a stack to which something can be done. */
export interface Part {
  system: System;
  what: string;
  /** What to type. Words in capitals are for the operator to fill in. */
  command: string;
}

/**
 * The parts of a stack to which it can be done, as its settings have them. Pure.
 * @param choice how the stack was named, which the commands repeat
 */
export const partsOf = (verb: Verb, { settings }: Stack, choice: StackChoice = {}): Part[] =>
  systems.flatMap((system) =>
    (subcommands[verb][system] ? found[system](settings)[verb] : []).map(([what, ...args]) => ({
      system,
      what,
      command: ["npm run", verb, "--", ...choiceArguments(choice), system, ...args].join(" "),
    })),
  );

/** The options that name the stack, as they were given. */
export const choiceArguments = ({ stack, configFile }: StackChoice): string[] => [
  ...(stack === undefined ? [] : ["--stack", stack]),
  ...(configFile === undefined ? [] : ["--config-file", configFile]),
];

/** What it is, and the arguments that name it. */
type Found = [what: string, ...args: string[]];

const found: Record<System, (settings: StackSettings) => Record<Verb, Found[]>> = {
  ceph: ({ ceph: { clients } }) => ({
    backup: [["the stack's state and file, and a monitor's store", "DIRECTORY"]],
    restore: [["the monitors' stores, when all are lost", "DIRECTORY"]],
    rotate: clients.map(({ name }) => [`key of the client ${name}`, name]),
  }),
  kubernetes: ({ kubernetes: { snapshots, controlPlane } }) => ({
    backup:
      snapshots && controlPlane.length > 0 ? [[`etcd: saved every ${snapshots.every}, listed here`]] : [],
    restore: snapshots && controlPlane.length > 0 ? [["etcd", "SNAPSHOT"]] : [],
    rotate: [],
  }),
  mongodb: ({ databases }) => {
    const saved = databases.filter(({ backup }) => backup !== undefined);
    return {
      backup: saved.map(({ name }) => [`database ${name}`, name]),
      restore: saved.map(({ name }) => [`database ${name}`, name, "BACKUP"]),
      rotate: databases.map(({ name }) => [`users of the database ${name}`, name]),
    };
  },
  logging: ({ logging: { hosts, repository } }) => {
    const saved = hosts.length > 0 && repository !== undefined;
    return {
      backup: saved ? [["the events of the log store"]] : [],
      restore: saved ? [["the events of the log store", "SNAPSHOT"]] : [],
      rotate: hosts.length > 0 ? users.map((user) => [`password of the log store's ${user}`, user]) : [],
    };
  },
  harbor: ({ harbor: { host, robots } }) => {
    const here = host !== undefined;
    return {
      backup: here ? [["Harbor's database and key, and a list of its layers", "DIRECTORY"]] : [],
      restore: here ? [["Harbor's database", "DIRECTORY"]] : [],
      rotate: here
        ? [
            ["Harbor's own passwords"],
            ...robots.map(({ name }): Found => [`secret of the robot ${name}`, name]),
          ]
        : [],
    };
  },
};
