import { type StackState } from "../state";
import { hostsOf, type HostBox } from "./hosts";
import { objectsOf, type NamespaceBox } from "./objects";
import { registriesOf } from "./registry";
import { storageOf, type StorageBox } from "./storage";

/** What is drawn of a stack: names, numbers and addresses, and nothing of its secrets. */
export interface Picture {
  stack: string;
  hosts: HostBox[];
  /** Namespaces, and registries after them. */
  namespaces: NamespaceBox[];
  /** Addresses at which people find something. */
  entries: Entry[];
  storage?: StorageBox;
  edges: Edge[];
}

export interface Entry {
  id: string;
  /** Without user and password. */
  url: string;
}

/** From what asks to what is asked, or from a volume to where its data is. */
export interface Edge {
  from: string;
  to: string;
  kind: EdgeKind;
  /** Such as `:80`. */
  label?: string;
}

export type EdgeKind = "asks" | "keeps";

/** Pure: what a state says about hosts, containers, Kubernetes objects, registries and storage. */
export function pictureOf(state: StackState): Picture {
  const storage = storageOf(state);
  const { namespaces, entries, edges } = objectsOf(state, storage);
  const registries = registriesOf(state);
  return {
    stack: state.stack,
    hosts: hostsOf(state),
    namespaces: [...namespaces, ...registries.map(({ box }) => box)],
    entries: [...entries, ...registries.flatMap((one) => one.entries)],
    storage,
    edges: [...edges, ...registries.flatMap((one) => one.edges)],
  };
}
