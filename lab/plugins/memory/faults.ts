import { setTimeout as sleep } from "node:timers/promises";
import { InitializationFailed, type Properties } from "../resource-type";
import { changeWorld, type PlannedFault, type World } from "./world";

/** A resource operation that may be hit. */
export interface Operation {
  type: string;
  name: string;
  operation: PlannedFault["operation"];
}

/** How processes end on order; replaced in tests. */
export interface Endings {
  killEngine(): void;
  crashPlugin(): void;
}

const endings: Endings = {
  killEngine: () => {
    process.kill(process.ppid, "SIGKILL"); // the engine started this process
    process.exit(1);
  },
  crashPlugin: () => process.exit(1),
};

/**
 * Does an operation with what the world has planned for it.
 * @param effect gives the id and outputs, where there are any.
 */
export async function withFaults<T>(
  file: string,
  hit: Operation,
  effect: () => Promise<T>,
  end: Endings = endings,
): Promise<T> {
  const number = hit.operation === "read" ? 0 : changeWorld(file, (world) => ++world.operations);
  const stage = async (when: PlannedFault["when"]) => {
    const { faults, killAfter } = changeWorld(file, (world) => ({
      faults: takeFaults(world, hit, when),
      killAfter: world.killAfter,
    }));
    if (number > 0 && number === killAfter && when === (number % 2 === 1 ? "before" : "after"))
      end.killEngine();
    for (const fault of faults) await happen(fault, hit, end);
  };
  await stage("before");
  const result = await effect();
  await stage("after").catch((error) => {
    const made = result as { id?: string; outputs?: Properties } | undefined;
    const canBeUnhealthy =
      hit.type === "docker:index/container:Container" || hit.type.startsWith("kubernetes:");
    const unhealthy = canBeUnhealthy && hit.operation === "create" && made?.id;
    throw unhealthy ? new InitializationFailed(unhealthy, made.outputs ?? {}, [error.message]) : error;
  });
  return result;
}

/** The faults for an operation; each that has a number of times has one less. */
export function takeFaults(world: World, hit: Operation, when: PlannedFault["when"]): PlannedFault[] {
  const taken = world.faults.filter(
    (fault) =>
      fault.operation === hit.operation &&
      fault.when === when &&
      new RegExp(fault.type ?? "").test(hit.type) &&
      new RegExp(fault.name ?? "").test(hit.name) &&
      fault.times !== 0,
  );
  for (const fault of taken) if (fault.times !== undefined) fault.times--;
  return taken;
}

async function happen(fault: PlannedFault, hit: Operation, end: Endings): Promise<void> {
  switch (fault.action) {
    case "delay":
      return void (await sleep(fault.milliseconds ?? 0));
    case "crash-plugin":
      return end.crashPlugin();
    case "kill-engine":
      return end.killEngine();
    case "fail":
      throw new Error(`planned fault: ${hit.operation} of ${hit.name}`);
  }
}
