import { readdirSync } from "node:fs";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Engine } from "../docker";
import { builtModule } from "../kubernetes/build";
import { type Image } from "./recipe";

/**
 * Builds an image from its Dockerfile on the given base. The build uses the machine's own network. The image has no
 * label: every container made of it would have it too.
 */
export async function buildImage(
  engine: Engine,
  image: Image,
  base: Image,
  note: (text: string) => void,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), `farmstack-${image.name}-`));
  try {
    await cp(join(__dirname, image.name), folder, { recursive: true });
    const builds = (image.modules ?? []).map((module) => () => builtModule(module));
    for (const build of [...builds, ...(image.build ? [image.build] : [])]) {
      await cp(await build(), join(folder, "bin"), { recursive: true, verbatimSymlinks: true });
    }
    const output = await engine.client.buildImage(
      { context: folder, src: readdirSync(folder) },
      {
        t: image.tag,
        networkmode: "host",
        forcerm: true,
        buildargs: { BASE: base.tag, VERSION: image.version },
      },
    );
    await followBuild(engine, output, note);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Reads the engine's progress to its end. Throws with the last lines when the work failed. */
export async function followBuild(
  engine: Engine,
  output: NodeJS.ReadableStream,
  note: (text: string) => void = () => undefined,
): Promise<void> {
  const tail: string[] = [];
  await new Promise<void>((done, failed) => {
    engine.client.modem.followProgress(
      output,
      (error) => (error ? failed(new Error([...tail, error.message].join("\n"))) : done()),
      ({ stream = "" }: { stream?: string }) => {
        const text = stream.trim();
        if (!text) return;
        if (text.startsWith("Step ")) note(text.slice(0, 80));
        tail.push(text);
        if (tail.length > 12) tail.shift();
      },
    );
  });
}
