import { type Fault, type Plugin, type Properties } from "../resource-type";
import { isInternal } from "./check";
import { withoutSecret } from "./secret";

/** What every provider resource may carry beside its own configuration. */
const ofEveryProvider = ["version", "pluginDownloadURL"];

/** Configuration names that this plugin does not take. */
export function checkConfig(plugin: Plugin, config: Properties): Fault[] {
  return Object.keys(config)
    .filter((name) => !isInternal(name) && ![...ofEveryProvider, ...plugin.config].includes(name))
    .map((property) => ({
      property,
      reason: `the lab's stand-in for ${plugin.name} does not take the setting "${property}"`,
    }))
    .concat(plugin.checkConfig?.(config) ?? []);
}

/** Provider configuration comes as strings; all but strings are JSON in them (`["-o","x"]`, `true`). */
export function decodeConfig(config: Properties): Properties {
  return Object.fromEntries(
    Object.entries(config).map(([name, value]) => [name, decode(withoutSecret(value))]),
  );
}

function decode(value: unknown): unknown {
  if (typeof value !== "string" || !/^\s*([[{]|true$|false$)/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
