import { type Engine } from "../docker";
import { publish } from "../hosts/registry";
import { type ApplicationImage, exampleImages, platformImages } from "./images";

/** Puts what runs on Kubernetes into the lab's registry, which has to run. */
export async function publishApplications(engine: Engine): Promise<void> {
  for (const { repo, tag, image } of Object.values<ApplicationImage>({ ...platformImages, ...exampleImages }))
    await publish(engine, image, { repo, tag });
}
