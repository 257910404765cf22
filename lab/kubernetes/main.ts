// Builds Kubernetes and puts it into the registry of the lab that runs here; prints what a cluster needs, as JSON.
import { findDocker } from "../docker";
import { nodeArchive } from "./archive";
import { builtModule } from "./build";
import { publishKubernetes } from "./publish";

async function main(): Promise<void> {
  await builtModule("addons");
  await nodeArchive();
  const engine = await findDocker();
  if (!engine) throw new Error("Kubernetes is built, but no lab runs that would take it: npm run lab");
  process.stdout.write(`${JSON.stringify(await publishKubernetes(engine), null, 2)}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
