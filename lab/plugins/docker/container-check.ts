import { type Fault, type Properties, unknown } from "../resource-type";
import { containerFields } from "./container-fields";
import { nanoseconds } from "./duration";

/** What the official plugin records for inputs that the program leaves out. */
export const containerDefaults: Properties = {
  attach: false,
  logs: false,
  mustRun: true,
  networkMode: "bridge",
  readOnly: false,
  removeVolumes: true,
  restart: "no",
  rm: false,
  start: true,
  wait: false,
  waitTimeout: 60,
};

/** Faults in a container's inputs, as far as they are known. */
export function checkContainer(inputs: Properties): Fault[] {
  return [
    ...Object.entries(containerFields).flatMap(([name, { keys }]) => unknownKeys(name, inputs[name], keys)),
  ].concat(ruleFaults(inputs));
}

/** Names inside an object, or inside the objects of a list, that this plugin does not know. */
function unknownKeys(path: string, value: unknown, keys?: string[]): Fault[] {
  if (!keys || typeof value !== "object" || value === null) return [];
  if (Array.isArray(value))
    return value.flatMap((item, index) => unknownKeys(`${path}[${index}]`, item, keys));
  return Object.keys(value)
    .filter((key) => !keys.includes(key))
    .map((key) => ({
      property: `${path}.${key}`,
      reason: `not known to the lab's plugin, only ${keys.join(", ")}`,
    }));
}

function ruleFaults(inputs: Properties): Fault[] {
  const faults: Fault[] = [];
  const expect = (property: string, value: unknown, valid: (value: never) => boolean, reason: string) => {
    if (value !== undefined && value !== unknown && !valid(value as never)) faults.push({ property, reason });
  };
  const each = (name: string) =>
    list(inputs[name]).map((item, index) => ({ path: `${name}[${index}]`, item }));

  // The daemon would make a container from nothing.
  expect("image", inputs.image, (image) => image !== "", "must not be empty");
  expect(
    "restart",
    inputs.restart,
    (value) => restarts.includes(value),
    `must be one of ${restarts.join(", ")}`,
  );
  expect("cpus", inputs.cpus, (value) => Number(value) > 0, "must be a number of processors, such as 1.5");
  for (const name of ["memory", "memoryReservation", "shmSize"])
    expect(
      name,
      inputs[name],
      (value) => Number.isInteger(value) && value >= 0,
      "must be a whole number of MiB",
    );
  expect(
    "command",
    inputs.command,
    (words: unknown) => !Array.isArray(words) || !words.includes(""),
    "must not have an empty word",
  );
  expect("logs", inputs.logs, (logs) => !logs || isOrMayBe(inputs.attach, true), "needs attach: true");
  expect(
    "attach",
    inputs.attach,
    (attach) => !attach || isOrMayBe(inputs.mustRun, false),
    "needs mustRun: false, or the ended container is started again after each refresh",
  );
  for (const name of ["interval", "timeout", "startPeriod", "startInterval"])
    expect(
      `healthcheck.${name}`,
      inputs.healthcheck?.[name],
      (value) => nanoseconds(value) !== undefined,
      "must be a duration such as 10s or 1m30s",
    );
  for (const { path, item } of each("uploads")) {
    expect(`${path}.file`, item.file, isAbsolute, "must be an absolute path");
    expect(
      `${path}.permissions`,
      item.permissions,
      (value) => /^0[0-7]{3}$/.test(value),
      "must be like 0400",
    );
    if (Boolean(item.content) === Boolean(item.contentBase64))
      faults.push({ property: path, reason: "needs either content or contentBase64, and not empty" });
  }
  for (const { path, item } of each("volumes"))
    if (Boolean(item.containerPath) === Boolean(item.fromContainer))
      faults.push({ property: path, reason: "needs either containerPath or fromContainer" });
  for (const { path, item } of each("mounts")) {
    expect(
      `${path}.type`,
      item.type,
      (type) => mountTypes.includes(type),
      `must be one of ${mountTypes.join(", ")}`,
    );
    expect(`${path}.target`, item.target, isAbsolute, "must be an absolute path");
  }
  return faults;
}

const restarts = ["no", "on-failure", "always", "unless-stopped"];
const mountTypes = ["bind", "volume", "tmpfs"];
const isOrMayBe = (value: unknown, wanted: boolean) => value === wanted || value === unknown;
const isAbsolute = (path: string) => path.startsWith("/");

/** The items of a list that are known; nothing for a list that is not. */
function list(value: unknown): Properties[] {
  return Array.isArray(value) ? value.filter((item) => item !== unknown) : [];
}
