import { type Engine } from "../docker";
import { publish } from "../hosts/registry";
import { applicationImages, type ApplicationImage, type ApplicationReferences } from "./images";

/** Puts what runs on Kubernetes into the lab's registry, which has to run. */
export async function publishApplications(engine: Engine): Promise<ApplicationReferences> {
  const references: Record<string, string> = {};
  for (const [name, { repo, tag, image }] of Object.entries<ApplicationImage>(applicationImages)) {
    await publish(engine, image, { repo, tag });
    references[name] = `${repo}:${tag}`;
  }
  return references as ApplicationReferences;
}
