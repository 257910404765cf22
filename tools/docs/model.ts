/** A type as it is read, and what of it has a place of its own. */
export interface TypeText {
  /** Such as `OsdArgs[]`. */
  text: string;
  /** Sections and components that are named in it. */
  links: Link[];
}

export type Link =
  /** A section of the same page. */
  | { section: string }
  /** Another component. */
  | { component: string };

/** An arg or an output. */
export interface Field {
  name: string;
  type: TypeText;
  /** Its doc comment in one line; empty where there is none. */
  about: string;
  required: boolean;
  /** What `@default` says; undefined where it says nothing. */
  default?: string;
}

/** An interface, a type alias, or an object that is written out within another one. */
export interface Section {
  title: string;
  about: string;
  /** What a type alias stands for. */
  definition?: TypeText;
  fields: Field[];
  /** All of it may be left out, as it is named as `Partial<…>` only. */
  partial: boolean;
  /** Source file, from the root of the tree. */
  file: string;
}

export interface Method {
  name: string;
  signature: string;
  about: string;
}

/** All that a page tells of a component. */
export interface Component {
  name: string;
  /** Source file, from the root of the tree. */
  file: string;
  /** Pulumi's type token, such as `farmstack:ceph:CephCluster`. */
  token: string;
  about: string;
  signature: string;
  args: Section;
  outputs: Field[];
  methods: Method[];
  /** Types that args, outputs and methods name, in the order of their names' first appearance. */
  types: Section[];
}
