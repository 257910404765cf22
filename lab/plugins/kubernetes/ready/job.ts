import { podsInTrouble } from "./pods";
import { type Check, condition } from "./readiness";

/** A job is ready when it is done; a suspended one when it is there. */
export const job: Check = async (live, around) => {
  if (live.spec.suspend || condition(live, "Complete")?.status === "True") return "ready";
  const failure = condition(live, "Failed");
  const inTrouble = await podsInTrouble(live, around);
  if (failure?.status === "True")
    return { missing: [`${failure.reason}: ${failure.message}`, ...inTrouble], failed: true };
  const { succeeded = 0, failed = 0 } = live.status ?? {};
  const count = `${succeeded} of ${live.spec.completions ?? 1} pods done${failed ? `, ${failed} failed` : ""}`;
  return { missing: [count, ...inTrouble] };
};
