import { type Plugin, type ResourceType } from "../resource-type";
import { commandsInMemory } from "./command";
import { dockerOperations } from "./docker";
import { observed } from "./observed";

/** Plugins that reach nothing outside of their process: they stay as they are. */
const harmless = ["random", "tls"];

/**
 * The same plugin on a world in a file (see world.ts) instead of real hosts: its types keep their names, inputs and
 * checks, what they do happens in the file, and goes wrong as the file says. For engine tests.
 * Throws when one of its types has no counterpart here: it would reach for real hosts.
 */
export function inMemory(plugin: Plugin, file: string): Plugin {
  if (plugin.inMemory) {
    const ours = plugin.inMemory(file);
    return { ...ours, typeOf: (token) => observed(token, typeIn(ours, token), file) };
  }
  const counterparts = { ...dockerOperations(file), ...commandsInMemory(file) };
  const types = Object.entries(plugin.types).map(([token, type]) => {
    if (harmless.includes(plugin.name)) return [token, observed(token, type, file)];
    const operations = counterparts[token];
    if (!operations) throw new Error(`lab/plugins/memory has no counterpart of ${token}`);
    const { inputs, required, check, defaults } = type;
    return [token, observed(token, { inputs, required, check, defaults, ...operations(type) }, file)];
  });
  return { ...plugin, types: Object.fromEntries(types) };
}

function typeIn(plugin: Plugin, token: string): ResourceType {
  const type = plugin.typeOf?.(token);
  if (!type) throw new Error(`lab/plugins/memory has no counterpart of ${token}`);
  return type;
}
