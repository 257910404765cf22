import { ports as logPorts } from "../components/logging/paths";
import { type FoundFault } from "./faults";
import { harborAddress } from "./harbor-parts";
import { isMisspelled } from "./misspelled";
import { nearMiss } from "./near-miss";
import { group, hostProblem, type KnownHost, list, text } from "./raw";

type Raw = Record<string, unknown>;
type At = (string | number)[];

/** What is wrong with Harbor's settings beside each other and the hosts. */
export function harborFaults(settings: Raw, hosts: KnownHost[]): FoundFault[] {
  const raw = group(settings.harbor);
  if (Object.keys(raw).length === 0) return [];
  const at = (...path: At): At => ["harbor", ...path];
  const [registries, projects, robots, replications] = [
    "registries",
    "projects",
    "robots",
    "replications",
  ].map((key) => list(raw[key]).map(group)) as [Raw[], Raw[], Raw[], Raw[]];
  const host = text(raw.host);
  const stray = host === undefined ? undefined : hostProblem(host, hosts);
  const { directory, s3 } = group(raw.storage);
  return [
    ...["host", "hostname"]
      .filter((key) => raw[key] === undefined && !isMisspelled(key, raw, ["harbor"]))
      .map((key) => ({ at: at(key), problem: "missing" })),
    ...(stray ? [{ at: at("host"), problem: stray }] : []),
    ...mirrorFaults(text(group(settings.images).mirror), raw, projects),
    ...portFaults(group(raw.ports), host === undefined ? [] : takenOn(host, settings)),
    ...(raw.storage !== undefined && (directory === undefined) === (s3 === undefined)
      ? [{ at: at("storage"), problem: "expected either directory or s3" }]
      : []),
    ...repeated("registries", registries),
    ...repeated("projects", projects),
    ...repeated("robots", robots),
    ...repeated("replications", replications),
    ...registries.flatMap(({ user, passwordFile }, index) =>
      passwordFile !== undefined && user === undefined
        ? [{ at: at("registries", index, "passwordFile"), problem: "a password needs a user" }]
        : [],
    ),
    ...projects.flatMap((project, index) => projectFaults(project, at("projects", index), raw, registries)),
    ...robots.flatMap((robot, index) =>
      list(robot.projects).flatMap((name, place) =>
        name === "*" ? [] : unknown(name, at("robots", index, "projects", place), projects, "projects"),
      ),
    ),
    ...replications.flatMap((replication, index) => [
      ...unknown(replication.registry, at("replications", index, "registry"), registries, "registries"),
      ...(replication.schedule === "event" && replication.direction === "pull"
        ? [
            {
              at: at("replications", index, "schedule"),
              problem: "event is for push: Harbor hears nothing of what changes in another registry",
            },
          ]
        : []),
    ]),
    ...(raw.scanAll !== undefined && raw.scanner === undefined
      ? [{ at: at("scanAll"), problem: "needs harbor.scanner" }]
      : []),
  ];
}

/** A mirror that is this very Harbor: what is pushed has to end in a project. */
function mirrorFaults(mirror: string | undefined, harbor: Raw, projects: Raw[]): FoundFault[] {
  const [address, project] = mirror?.split("/") ?? [];
  const https = group(harbor.ports).https;
  const own = harborAddress({
    hostname: text(harbor.hostname),
    ports: { https: typeof https === "number" ? https : undefined },
  });
  if (address === undefined || address !== own) return [];
  const at = ["images", "mirror"];
  if (project === undefined)
    return [{ at, problem: `expected one of harbor.projects behind ${own}, such as ${own}/farmstack` }];
  const cache = projects.find(({ name, cacheOf }) => name === project && cacheOf !== undefined);
  return cache ? [{ at, problem: `${project} is a cache, and takes no push: use another project` }] : [];
}

/** `taken` are ports of others on its host, each with its name. */
function portFaults(ports: Raw, taken: [name: string, port: unknown][]): FoundFault[] {
  const used = { https: 443, ...ports };
  const entries = Object.entries(used);
  return entries.flatMap(([name, port], index) => {
    const other = [...taken, ...entries.slice(0, index)].find(([, earlier]) => earlier === port);
    return other ? [{ at: ["harbor", "ports", name], problem: `is already the port of ${other[0]}` }] : [];
  });
}

/** Ports of a host that the stack's settings give to others. */
function takenOn(host: string, { ceph, kubernetes, logging }: Raw): [name: string, port: unknown][] {
  const { monitors, managers, managerModules } = group(ceph);
  const { controlPlane, endpoint } = group(kubernetes);
  const { hosts: stores, entry } = group(logging);
  const on = (names: unknown, ports: Record<string, unknown>) =>
    list(names).includes(host) ? Object.entries(ports) : [];
  const module = (name: string) => list(managerModules).includes(name);
  return [
    ...on(stores, { "logging.entry": group(entry).port ?? 443 }),
    ...on(stores, logPorts).map(([name, port]): [string, unknown] => [`the log store (${name})`, port]),
    ...on(controlPlane, { "the API of Kubernetes": 6443, "kubernetes.endpoint": group(endpoint).port }),
    ...on(monitors, { "a monitor of Ceph": 3300 }),
    ...(module("dashboard") ? on(managers, { "Ceph's dashboard": 8443 }) : []),
    ...(module("prometheus") ? on(managers, { "Ceph's metrics": 9283 }) : []),
  ];
}

function projectFaults(project: Raw, at: At, harbor: Raw, registries: Raw[]): FoundFault[] {
  const wantsScanner = ["scan", "blockFrom"].filter(
    (key) => project[key] !== undefined && project[key] !== false && project[key] !== "none",
  );
  return [
    ...unknown(project.cacheOf, [...at, "cacheOf"], registries, "registries"),
    ...(harbor.scanner === undefined
      ? wantsScanner.map((key) => ({ at: [...at, key], problem: "needs harbor.scanner" }))
      : []),
    ...list(group(project.retention).rules).flatMap((rule, index) => {
      const { latest, days } = group(rule);
      return (latest === undefined) === (days === undefined)
        ? [{ at: [...at, "retention", "rules", index], problem: "expected either latest or days" }]
        : [];
    }),
  ];
}

function repeated(key: string, entries: Raw[]): FoundFault[] {
  return entries.flatMap(({ name }, index) => {
    const first = entries.findIndex((other) => other.name === name);
    if (text(name) === undefined || first === index) return [];
    return {
      at: ["harbor", key, index, "name"],
      problem: `"${text(name)}" is already the name of ${key}[${first}]`,
    };
  });
}

function unknown(value: unknown, at: At, entries: Raw[], key: string): FoundFault[] {
  const name = text(value);
  const names = entries.flatMap((entry) => text(entry.name) ?? []);
  if (name === undefined || names.includes(name)) return [];
  const near = nearMiss(name, names);
  const hint = near ? `did you mean ${near}?` : `there are: ${names.join(", ") || "none"}`;
  return [{ at, problem: `harbor.${key} has no "${name}", ${hint}` }];
}
