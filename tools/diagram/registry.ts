import { type PartName } from "../../components/harbor/part-names";
import { type StackState, type StateResource } from "../state";
import { type Edge, type Entry } from "./model";
import { type NamespaceBox, type ObjectNode } from "./objects";
import { byName, plainUrl, text } from "./values";

/** Whom each part of Harbor asks, as its configuration names them (components/harbor/render). */
export const asks: Partial<Record<PartName, PartName[]>> = {
  proxy: ["portal", "core", "exporter"],
  core: ["registry", "registryctl", "jobservice", "scanner", "portal", "database", "redis"],
  jobservice: ["core", "registry", "registryctl", "redis"],
  registry: ["redis"],
  registryctl: ["redis"],
  scanner: ["redis"],
  exporter: ["core", "database", "redis"],
};

/** Parts whose directories are data; what others have on the host is logs and copies. */
const keeps: PartName[] = ["database", "registry"];

interface Box {
  box: NamespaceBox;
  entries: Entry[];
  edges: Edge[];
}

/** Pure: each Harbor of a state with its parts, the address that leads to it, who asks whom, and where its data is. */
export function registriesOf(state: StackState): Box[] {
  return state.resources
    .filter(({ type }) => type === "farmstack:harbor:HarborRegistry")
    .sort((a, b) => byName(a.name, b.name))
    .map((registry) => registryBox(registry, state.resources));
}

function registryBox({ urn, name, outputs }: StateResource, resources: StateResource[]): Box {
  const components = resources.filter(
    ({ type, parent }) => type === "farmstack:container:Container" && parent === urn,
  );
  const parts = new Map(
    components.map((component): [string, StateResource | undefined] => [
      component.name.slice(name.length + 1),
      resources.find(({ type, parent }) => type.startsWith("docker:") && parent === component.urn),
    ]),
  );
  const idOf = (part: string) => `registry/${name}/${part}`;
  const directories = keeps.flatMap((part) =>
    directoriesOf(parts.get(part)?.inputs).map((path) => ({ part, path, id: `${idOf(part)}${path}` })),
  );
  const objects: ObjectNode[] = [
    ...[...parts.keys()].map((part) => ({ id: idOf(part), kind: "container", name: part })),
    ...directories.map(({ id, path }) => ({ id, kind: "directory", name: path })),
  ].sort((a, b) => byName(a.id, b.id));
  const url = text(outputs.url);
  const entries = url === undefined ? [] : [{ id: `entry/${plainUrl(url)}`, url: plainUrl(url) }];
  const inside = Object.entries(asks).flatMap(([from, others]) =>
    others
      .filter((to) => parts.has(from) && parts.has(to))
      .map((to): Edge => ({ from: idOf(from), to: idOf(to), kind: "asks" })),
  );
  return {
    box: { id: `registry/${name}`, title: "registry", name, objects, others: [] },
    entries,
    edges: [
      ...entries.map(({ id }): Edge => ({ from: id, to: idOf("proxy"), kind: "asks" })),
      ...inside,
      ...directories.map(({ part, id }): Edge => ({ from: idOf(part), to: id, kind: "keeps" })),
    ],
  };
}

/** Directories of the host that a container writes to. */
const directoriesOf = (inputs: Record<string, unknown> = {}): string[] =>
  ((inputs.volumes ?? []) as { hostPath?: string; readOnly?: boolean }[]).flatMap(({ hostPath, readOnly }) =>
    hostPath === undefined || readOnly ? [] : [hostPath],
  );
