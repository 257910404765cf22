import { createHash } from "node:crypto";
import { type Context, type Properties, type ResourceType } from "../resource-type";
import { withFaults } from "./faults";
import { hostOf } from "./host";
import { changeWorld, type LogEntry } from "./world";

/** A resource type whose operations meet the world's planned faults and are written to its log. */
export function observed(token: string, type: ResourceType, file: string): ResourceType {
  const perform = <T>(
    operation: LogEntry["operation"],
    properties: Properties,
    context: Context,
    effect: () => Promise<T>,
  ): Promise<T> => {
    const entry: LogEntry = {
      operation,
      type: token,
      name: context.name,
      host: hostOf(token, properties, context.config),
      ...(token.endsWith(":Command") && command(operation, properties)),
      start: Date.now(),
    };
    let position = 0;
    const write = (failed?: Error) => {
      position = changeWorld(file, (world) => world.log.push({ ...entry, failed: failed?.message }));
    };
    return withFaults(file, entry, async () => {
      const result = await effect().catch((error) => {
        write(error);
        throw error;
      });
      write();
      return result;
    }).finally(() =>
      changeWorld(file, (world) => {
        const written = world.log[position - 1];
        if (written) written.end = Date.now();
      }),
    );
  };

  const { read, update } = type;
  return {
    ...type,
    create: (inputs, context) => perform("create", inputs, context, () => type.create(inputs, context)),
    delete: (id, state, context) =>
      perform("delete", state, context, async () => type.delete?.(id, state, context)),
    ...(update && {
      update: (id: string, state: Properties, inputs: Properties, context: Context) =>
        perform("update", inputs, context, () => update(id, state, inputs, context)),
    }),
    ...(read && {
      read: (id: string, state: Properties, context: Context, known?: Properties) =>
        withFaults(file, { type: token, name: context.name, operation: "read" }, () =>
          read(id, state, context, known),
        ),
    }),
  };
}

function command(operation: LogEntry["operation"], { create, update, delete: remove, stdin }: Properties) {
  const script = { create, update: update ?? create, delete: remove }[operation];
  return { script, ...(stdin && { stdin: createHash("sha256").update(stdin).digest("hex") }) };
}
