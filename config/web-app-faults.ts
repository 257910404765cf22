import { variablesOf } from "../components/web-app/variables";
import { type FoundFault } from "./faults";
import { isMisspelled } from "./misspelled";
import { group, list, text } from "./raw";
import { repeatedNames, strayNamespaces } from "./references";

type At = (string | number)[];
type App = Record<string, unknown>;

/** What is wrong with the apps beside each other, and the namespaces and databases that they name. */
export function webAppFaults(raw: App): FoundFault[] {
  const [apps, namespaces, databases] = [raw.webApps, raw.namespaces, raw.databases].map((entries) =>
    list(entries).map(group),
  ) as [App[], App[], App[]];
  return [
    ...repeatedNames("webApps", apps),
    ...strayNamespaces("webApps", apps, namespaces),
    ...portFaults(apps),
    ...apps.flatMap((app, index) => {
      const at = ["webApps", index];
      return [
        ...takenNameFaults(app, [...at, "name"], apps, databases),
        ...databaseFaults(app, [...at, "database", "name"], databases),
        ...variableFaults(app, at),
        ...scalingFaults(app, at),
        ...entryFaults(app, at),
        ...canaryFaults(app, at),
      ];
    }),
  ];
}

/** Objects have the app's name, those of a second version with -canary; a database has objects of the same kinds. */
function takenNameFaults({ name, namespace }: App, at: At, apps: App[], databases: App[]): FoundFault[] {
  const stable = apps.findIndex((other) => name === `${text(other.name)}-canary`);
  if (stable !== -1)
    return [{ at, problem: `"${text(name)}" is the name of the second version of webApps[${stable}]` }];
  const ends = ["", "-servers", "-clients", "-setup", "-backup"];
  const database = databases.findIndex(
    (other) => other.namespace === namespace && ends.some((end) => name === `${text(other.name)}${end}`),
  );
  return database === -1
    ? []
    : [
        {
          at,
          problem: `databases[${database}] in the same namespace has objects of the name "${text(name)}"`,
        },
      ];
}

function portFaults(apps: App[]): FoundFault[] {
  const ports = apps.map(({ entry }) => group(group(entry).nodePort).port);
  return ports.flatMap((port, index) => {
    const first = ports.indexOf(port);
    return typeof port !== "number" || first === index
      ? []
      : [
          {
            at: ["webApps", index, "entry", "nodePort", "port"],
            problem: `${port} is already the port of webApps[${first}]`,
          },
        ];
  });
}

/** Pods name ConfigMaps and Secrets of their own namespace alone. */
function databaseFaults({ database, namespace }: App, at: At, databases: App[]): FoundFault[] {
  const wanted = text(group(database).name);
  if (wanted === undefined) return [];
  const found = databases.find(({ name }) => name === wanted);
  const known = databases.flatMap(({ name }) => text(name) ?? []).join(", ") || "there are none";
  if (!found) return [{ at, problem: `"${wanted}" is not one of the stack's databases (${known})` }];
  return text(found.namespace) === undefined || found.namespace === namespace
    ? []
    : [
        {
          at,
          problem: `"${wanted}" is in the namespace ${text(found.namespace)}: the app has to be there too`,
        },
      ];
}

function variableFaults(app: App, at: At): FoundFault[] {
  const [values, config, secrets] = [group(app.values), group(app.config), group(app.secrets)];
  const variables = group(group(app.database).variables) as Record<string, string>;
  const database = app.database === undefined ? undefined : { variables };
  const all = variablesOf({ values, config, secrets, database });
  const twice = new Set(all.filter((variable, index) => all.indexOf(variable) !== index));
  return [...twice].map((variable) => ({ at, problem: `the variable ${variable} is there twice` }));
}

function scalingFaults({ scaling, replicas }: App, at: At): FoundFault[] {
  if (scaling === undefined) return [];
  const { safeLine = 60, fatalLine = 90, min = 2, max, outBy } = group(scaling);
  const inside = [...at, "scaling"];
  const faults: FoundFault[] = [];
  if (replicas !== undefined)
    faults.push({
      at: [...at, "replicas"],
      problem: "the number of pods follows their load: it can't be given too",
    });
  if (typeof safeLine === "number" && typeof fatalLine === "number" && safeLine >= fatalLine)
    faults.push({ at: [...inside, "fatalLine"], problem: `expected more than the safeLine (${safeLine})` });
  if (typeof min === "number" && typeof max === "number" && min > max)
    faults.push({ at: [...inside, "max"], problem: `expected at least min (${min})` });
  if (outBy !== undefined) faults.push(...oneOf(outBy, [...inside, "outBy"], ["pods", "percent"]));
  return faults;
}

const entryFaults = ({ entry }: App, at: At): FoundFault[] =>
  entry === undefined ? [] : oneOf(entry, [...at, "entry"], ["route", "ingress", "nodePort"]);

function canaryFaults(app: App, at: At): FoundFault[] {
  const { canary, entry, mesh } = app;
  if (canary === undefined) return [];
  const reachable =
    mesh !== undefined ||
    group(entry).route !== undefined ||
    isMisspelled("mesh", app, at) ||
    isMisspelled("route", group(entry), [...at, "entry"]);
  return [
    ...oneOf(canary, [...at, "canary"], ["weight", "header"]),
    ...(reachable
      ? []
      : [
          {
            at: [...at, "canary"],
            problem: "a second version needs entry.route or mesh, which part the requests",
          },
        ]),
  ];
}

/** Exactly one of the keys has to be there. */
function oneOf(value: unknown, at: At, keys: string[]): FoundFault[] {
  const given = keys.filter((key) => group(value)[key] !== undefined);
  const misspelled = keys.some((key) => isMisspelled(key, group(value), at));
  if (given.length === 1 || misspelled || typeof value !== "object" || Array.isArray(value)) return [];
  return [{ at, problem: `expected ${keys.length === 2 ? "either" : "one of"} ${keys.join(" or ")}` }];
}
