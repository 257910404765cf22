import { type Plugin } from "../resource-type";
import { commandsInMemory } from "./command";
import { dockerOperations } from "./docker";
import { observed } from "./observed";

/**
 * The same plugin on a world in a file (see world.ts) instead of real hosts: its types keep their names, inputs and
 * checks, what they do happens in the file, and goes wrong as the file says. For engine tests.
 */
export function inMemory(plugin: Plugin, file: string): Plugin {
  const replaced = { ...dockerOperations(file), ...commandsInMemory(file) };
  const types = Object.entries(plugin.types).map(([token, type]) => [
    token,
    observed(token, { ...type, ...replaced[token]?.(type) }, file),
  ]);
  return { ...plugin, types: Object.fromEntries(types) };
}
