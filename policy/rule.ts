import { type Planned } from "./planned";

/** What is checked of each resource alone. */
export interface ResourceRule {
  /** How it is called in the engine's messages. */
  name: string;
  description: string;
  /** `mandatory`: the preview fails. */
  level: "mandatory" | "advisory";
  /** What is wrong with a resource, a sentence each, without any secret. Pure. */
  check: (resource: Planned) => string[];
}

/** What can only be seen of all resources together. */
export interface StackRule extends Omit<ResourceRule, "check"> {
  /** What is wrong, and with which resource. Pure. */
  checkAll: (resources: Planned[]) => { urn: string; message: string }[];
}

export type Rule = ResourceRule | StackRule;
