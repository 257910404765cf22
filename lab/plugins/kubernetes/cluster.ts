import { type Properties } from "../resource-type";
import { type Kind, type ObjectRef } from "./kind";

/** An object as the API has it. */
export type KubernetesObject = Properties;

/** Which objects of a list are wanted, in the API's own language of selectors. */
export interface Selection {
  labels?: string;
  fields?: string;
}

/** One operation of a JSON patch. */
export interface PatchOperation {
  op: "replace" | "test";
  path: string;
  value: unknown;
}

/**
 * What the plugin asks of a cluster. All fail with ApiError when the API server refuses, and with Unreachable when there
 * is none; an object that is not there is undefined.
 */
export interface Cluster {
  /** Address of the API server, for messages. */
  server: string;
  /** Namespace where the program gives none. */
  defaultNamespace: string;
  /** Whether objects of the kind are in namespaces; undefined: the API server does not know the kind (yet). */
  isNamespaced(kind: Kind): Promise<boolean | undefined>;
  get(ref: ObjectRef): Promise<KubernetesObject | undefined>;
  list(kind: Kind, namespace: string | undefined, selection?: Selection): Promise<KubernetesObject[]>;
  create(ref: ObjectRef, object: KubernetesObject, manager: string): Promise<KubernetesObject>;
  /** Server-side apply. `force` takes fields over from other managers. */
  apply(ref: ObjectRef, object: KubernetesObject, manager: string, force: boolean): Promise<KubernetesObject>;
  /** Puts the object in the place of the one with the same `resourceVersion`. */
  replace(ref: ObjectRef, object: KubernetesObject, manager: string): Promise<KubernetesObject>;
  patch(ref: ObjectRef, operations: PatchOperation[]): Promise<KubernetesObject>;
  /** Asks for the deletion; it may take its time. Nothing happens when the object is not there. */
  delete(ref: ObjectRef, propagation: string): Promise<void>;
}

/** The API server's refusal. */
export class ApiError extends Error {
  constructor(
    server: string,
    /** HTTP status. */
    readonly status: number,
    /** Kubernetes' word for it, such as `AlreadyExists`. */
    readonly reason: string,
    /** What it said. */
    readonly answer: string,
  ) {
    super(`${server}: ${answer}`);
  }
}

/** The API server has no such kind: often a custom resource whose definition is not there. */
export class UnknownKind extends Error {
  constructor(server: string, { apiVersion, kind }: Kind) {
    super(
      `${server}: has no kind ${kind} in ${apiVersion}. Is its CustomResourceDefinition there? ` +
        "See: kubectl api-resources",
    );
  }
}

/** No answer, or none by which the API server could be trusted. */
export class Unreachable extends Error {
  constructor(server: string, cause: Error) {
    super(
      `${server}: the API server cannot be reached: ${cause.message}. Is it up? See: kubectl cluster-info. Where the ` +
        "cluster is gone for good, the provider's deleteUnreachable lets go of its objects",
    );
  }
}
