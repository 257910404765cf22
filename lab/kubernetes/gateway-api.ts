import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../run";

/**
 * Files with the definitions of the Gateway API (its standard channel), from the Go module that the project publishes,
 * which stays in Go's own cache. Throws what to install where there is no Go.
 */
export async function gatewayApiDefinitions(): Promise<string[]> {
  const source = join(__dirname, "modules", "gateway-api");
  const { stdout } = await run("go", ["mod", "download", "-json", "sigs.k8s.io/gateway-api"], {
    cwd: source,
    env: { ...process.env, GOWORK: "off" },
  }).catch((error: unknown) => {
    if ((error as { code?: unknown }).code !== "ENOENT") throw error;
    throw new Error(
      "the Gateway API's definitions are in its Go module, and Go isn't installed: install Go 1.21 or newer",
    );
  });
  const folder = join((JSON.parse(stdout) as { Dir: string }).Dir, "config", "crd", "standard");
  const isDefinition = (file: string) => file.startsWith("gateway.networking.k8s.io_");
  return (await readdir(folder)).filter(isDefinition).map((file) => join(folder, file));
}
