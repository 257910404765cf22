import { randomBytes } from "node:crypto";
import { type Context, type Properties, type ResourceType } from "../resource-type";
import { has } from "./annotations";
import { Unreachable } from "./cluster";
import { idOf, type Kind, type ObjectRef, refIn, refOf } from "./kind";
import { objectType, type Surroundings } from "./object";
import { withSecrets } from "./secret-data";

/**
 * Fields of objects that others make. They are applied under a manager of their own; where there is no such object yet, it
 * comes to be. Deleted, the fields are let go of, and the object stays.
 */
export function patchType(kind: Kind, surroundings: Surroundings): ResourceType {
  const object = objectType(kind, surroundings);

  const apply = async (ref: ObjectRef, body: Properties, manager: string, { config }: Context) => {
    const force = has(body, "pulumi.com/patchForce") || config.enablePatchForce === true;
    const live = await surroundings.connect(config).apply(ref, body, manager, force);
    return withSecrets(kind, { ...live, __fieldManager: manager });
  };

  return {
    ...object,

    async examine(inputs, olds, context) {
      if (inputs.metadata?.name === undefined && typeof inputs.metadata !== "string")
        return { inputs, faults: [{ property: "metadata.name", reason: "a patch needs the object's name" }] };
      return object.examine!(inputs, olds, context);
    },

    async create(inputs, context) {
      const ref = refIn(kind, inputs.metadata);
      const manager = `pulumi-kubernetes-${randomBytes(4).toString("hex")}`;
      return { id: idOf(ref), outputs: await apply(ref, inputs, manager, context) };
    },

    async update(id, state, inputs, context) {
      return apply(refOf(kind, id), inputs, state.__fieldManager, context);
    },

    async delete(id, state, context) {
      const ref = refOf(kind, id);
      const { apiVersion, kind: its, namespace, name } = ref;
      const nothing = { apiVersion, kind: its, metadata: { name, namespace } };
      try {
        const live = await surroundings.connect(context.config).get(ref);
        if (live) await apply(ref, nothing, state.__fieldManager, context);
      } catch (error) {
        if (error instanceof Unreachable && context.config.deleteUnreachable) return;
        throw error;
      }
    },
  };
}
