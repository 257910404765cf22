import { registryOf } from "../components/images";
import { type FoundFault } from "./faults";
import { group, list, text } from "./raw";

/** What is wrong with the way to the mirror, beside the mirror and the engine's settings. */
export function imageFaults(images: Record<string, unknown>, engine: Record<string, unknown>): FoundFault[] {
  if (images.registry === undefined) return [];
  const at = ["images", "registry"];
  const { username, passwordFile } = group(images.registry);
  const mirror = text(images.mirror);
  const faults: FoundFault[] = [];
  if (images.mirror === undefined)
    faults.push({ at, problem: "there is no images.mirror that it could be of" });
  if (username !== undefined && passwordFile === undefined)
    faults.push({ at, problem: "username has no passwordFile" });
  if (username === undefined && passwordFile !== undefined)
    faults.push({ at, problem: "passwordFile has no username" });
  const insecure = mirror === undefined ? -1 : list(engine.insecureRegistries).indexOf(registryOf(mirror));
  if (insecure >= 0)
    faults.push({
      at,
      problem: `its certificate would not be checked: take it out of engine.insecureRegistries[${insecure}]`,
    });
  return faults;
}
