/** Plain property values, as they come over the provider protocol: no Outputs, no secret envelopes. */
export type Properties = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any

/** What a change of one input means: a new resource, an update in place, or nothing. */
export type Change = "replace" | "update" | "ignore";

/** One input that is not what it was. */
export interface Difference {
  property: string;
  /** Where inside of it, as a property path (`spec.replicas`). @default all of it */
  path?: string;
  kind: "add" | "delete" | "update";
  change: Change;
}

/** One problem with an input; `property` is its path, such as `uploads[0].file`. */
export interface Fault {
  property: string;
  reason: string;
}

/** The provider's own configuration (host, sshOpts, …) and what goes with one call. */
export interface Context {
  config: Properties;
  /** Logical name of the resource. */
  name: string;
  urn: string;
  /** Milliseconds that the operation may take; 0 when the program set none. */
  timeout: number;
  /** Ends when the engine cancels the run. */
  cancelled: AbortSignal;
}

/** The resource exists but did not come up: the engine keeps it in the state and the run fails with the reasons. */
export class InitializationFailed extends Error {
  constructor(
    readonly id: string,
    readonly properties: Properties,
    readonly reasons: string[],
    /** What a read found; the engine knows them after other operations. */
    readonly inputs?: Properties,
  ) {
    super(reasons.join("\n"));
  }
}

/**
 * One resource type of a stand-in plugin. Inputs that are not in `inputs` are refused by name: a stand-in accepts
 * what the stack uses and nothing that it would have to ignore.
 */
export interface ResourceType {
  /** Inputs by name, and what the official plugin does when one of them changes. */
  inputs: Record<string, Change>;
  required: string[];
  /** Further checks, beyond names and required ones. Unknown values (preview) are the `unknown` sentinel. */
  check?(inputs: Properties): Fault[];
  /** Fills in defaults that the official plugin records as inputs (for example an auto-generated name). */
  defaults?(inputs: Properties, olds: Properties, name: string): Properties;
  /** Takes the place of all checks and defaults above, for a type that takes whatever it is given. */
  examine?(
    inputs: Properties,
    olds: Properties,
    context: Context,
  ): Promise<{ inputs: Properties; faults: Fault[] }>;
  /** Takes the place of the comparison by `inputs`. */
  compare?(
    olds: { inputs: Properties; state: Properties },
    news: Properties,
    context: Context,
  ): { differences: Difference[]; deleteBeforeReplace: boolean };
  /**
   * What a preview shows as the outputs of a resource that is to be created, or updated from `olds`; what is not in them
   * is unknown. @default nothing can be foreseen
   */
  foresee?(inputs: Properties, olds?: { inputs: Properties; state: Properties }): Properties;
  create(inputs: Properties, context: Context): Promise<{ id: string; outputs: Properties }>;
  /**
   * undefined: it is gone. `inputs` are what the outside shows now; what cannot be seen is taken from `state`.
   * `known` are the inputs as they were last.
   */
  read?(
    id: string,
    state: Properties,
    context: Context,
    known?: Properties,
  ): Promise<{ inputs: Properties; outputs: Properties } | undefined>;
  update?(id: string, state: Properties, inputs: Properties, context: Context): Promise<Properties>;
  delete?(id: string, state: Properties, context: Context): Promise<void>;
}

/** A stand-in plugin: a package of resource types. */
export interface Plugin {
  /** Package name, such as `docker`. */
  name: string;
  /** The version of the official plugin whose place it takes. */
  version: string;
  /** By type token, such as `docker:index/container:Container`. */
  types: Record<string, ResourceType>;
  /** Types beyond those; throws for one that the stand-in refuses. */
  typeOf?(token: string): ResourceType;
  /** All its types can `foresee`. @default false */
  foresees?: boolean;
  /** The same plugin on the world in a file (see memory/), for one that has no list of its types. */
  inMemory?(file: string): Plugin;
  /** Names that the provider resource takes as configuration. */
  config: string[];
  /** What is wrong with the values of the configuration. Unknown values (preview) are the `unknown` sentinel. */
  checkConfig?(config: Properties): Fault[];
  /** What a change of the configuration means. @default an update of the provider, whatever changed */
  diffConfig?(olds: Properties, news: Properties): Difference[];
}

/** How the engine writes a value that is not known yet. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
