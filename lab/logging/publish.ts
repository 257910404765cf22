import { type ApplicationImage } from "../applications/images";
import { type Engine } from "../docker";
import { publish } from "../hosts/registry";
import { loggingImages } from "./images";

/** Puts what takes and keeps the logs into the lab's registry, which has to run. */
export async function publishLogging(engine: Engine): Promise<void> {
  for (const { repo, tag, image } of Object.values<ApplicationImage>(loggingImages))
    await publish(engine, image, { repo, tag });
}
