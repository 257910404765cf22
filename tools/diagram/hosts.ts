import { type StackState, type StateResource } from "../state";
import { byName, hostAndPort, text } from "./values";

/** A machine and what the stack runs on it. */
export interface HostBox {
  name: string;
  address: string;
  /** By component, in the order of their names. */
  groups: { component: string; items: HostItem[] }[];
}

export interface HostItem {
  /** Name in full. */
  name: string;
  /** Name without what its host and component say already. */
  label: string;
  /** Ports at which it listens. */
  ports: number[];
}

/** Pure: the hosts of a state in the order of their names, numbers as numbers. */
export function hostsOf(state: StackState): HostBox[] {
  const hosts = state.resources.filter(({ type }) => type === "farmstack:hosts:Host");
  return hosts
    .map((host) => {
      const address = text(host.outputs.address) ?? "";
      const items = [
        ...containersOn(state, host).map((container) => containerItem(container, host.name, address)),
        ...nodeOn(state, host.name, address),
      ];
      const components = [...new Set(items.map(({ component }) => component))].sort(byName);
      return {
        name: host.name,
        address,
        groups: components.map((component) => ({
          component,
          items: items
            .filter((item) => item.component === component)
            .map(({ name, label, ports }) => ({ name, label, ports }))
            .sort((a, b) => byName(a.label, b.label)),
        })),
      };
    })
    .sort((a, b) => byName(a.name, b.name));
}

/** A host's containers are made by its provider of Docker, which is a child of the host. */
function containersOn({ resources }: StackState, host: StateResource): StateResource[] {
  const providers = resources.filter(
    ({ type, parent }) => type === "pulumi:providers:docker" && parent === host.urn,
  );
  return resources.filter(
    ({ type, provider }) =>
      type === "docker:index/container:Container" &&
      providers.some(({ urn }) => provider?.startsWith(`${urn}::`)),
  );
}

function containerItem({ inputs, name: logical }: StateResource, host: string, address: string) {
  const name = text(inputs.name) ?? logical;
  const labels = (inputs.labels ?? []) as { label: string; value: string }[];
  const component = labels.find(({ label }) => label === "farmstack.component")?.value ?? "other";
  return { component, name, label: shortName(name, component, host), ports: portsOf(inputs, address) };
}

/** `ceph-osd-host1-disk0` of the component ceph on host1 → `osd disk0`. */
function shortName(name: string, component: string, host: string): string {
  const parts = name.split(`-${host}`).map((part) => part.replace(/^-/, ""));
  const short = parts.filter(Boolean).join(" ");
  return short.startsWith(`${component}-`) ? short.slice(component.length + 1) : short;
}

/** Published ports, and those of its host's own address that its command names. */
function portsOf(inputs: Record<string, unknown>, address: string): number[] {
  const published = ((inputs.ports ?? []) as { external?: number; internal?: number }[]).map(
    ({ external, internal }) => external ?? internal,
  );
  const words = [...((inputs.command ?? []) as unknown[]), ...((inputs.entrypoints ?? []) as unknown[])];
  const named = words.flatMap((word) => portsAt(String(word), address));
  return [...new Set([...published, ...named])]
    .filter((port) => port !== undefined && port > 0)
    .sort((a, b) => (a as number) - (b as number)) as number[];
}

function portsAt(words: string, address: string): number[] {
  if (address === "") return [];
  const at = address.includes(":") ? `[${address}]` : address;
  return words
    .split(`${at}:`)
    .slice(1)
    .flatMap((rest) => /^\d{1,5}\b/.exec(rest)?.[0] ?? [])
    .map(Number);
}

/** The host as a node of Kubernetes, when it is one; with the API's port when the API is at its address. */
function nodeOn({ resources }: StackState, host: string, address: string) {
  return resources
    .filter(({ type }) => type === "farmstack:kubernetes:KubernetesCluster")
    .filter(({ outputs }) => ((outputs.nodes ?? []) as string[]).includes(host))
    .map(({ outputs }) => {
      const endpoint = hostAndPort(text(outputs.endpoint) ?? "");
      const isApi = endpoint?.host === address;
      const version = text(outputs.version);
      return {
        component: "kubernetes",
        name: `node of Kubernetes${version === undefined ? "" : ` ${version}`}`,
        label: isApi ? "node, API" : "node",
        ports: isApi && endpoint.port !== undefined ? [endpoint.port] : [],
      };
    });
}
