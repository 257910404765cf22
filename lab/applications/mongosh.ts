import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { build, type BuildOptions } from "esbuild";
import { buildOnce } from "../build-once";
import { cacheDir } from "../paths";
import { step } from "../progress";
import { addNode, buildNameOf, installed, pinned, type Source } from "./npm";

const shell: Source = { folder: join(__dirname, "mongosh"), files: pinned };

/** What is left out: mongosh asks for these only where they are, or for what the lab does not do with it. */
const external = [
  ...["bindings", "ipv6-normalize", "source-map", "@babel/preset-typescript"],
  ...["electron", "pac-proxy-agent"], // logins in a browser, scripts that choose a proxy
];

const bundle: BuildOptions = {
  bundle: true,
  platform: "node",
  target: "node20",
  external,
  banner: { js: "#!/usr/local/bin/node" },
  logLevel: "silent",
};

/** Names the build of MongoDB's shell. */
export const mongoshBuild = (): string => buildNameOf("mongosh", [shell], [JSON.stringify(bundle)]);

/**
 * The folder that holds MongoDB's shell as one file, `mongosh`, which starts by itself, and the `node` that it wants in
 * /usr/local/bin. Built once and kept in the cache.
 */
export function builtMongosh(): Promise<string> {
  return buildOnce(join(cacheDir, "applications", mongoshBuild()), (into) =>
    step("mongosh: build", async (note) => {
      note("shell");
      const outfile = join(into, "mongosh");
      await installed(
        shell,
        async (copy) => {
          const entry = join(copy, "node_modules", "@mongosh", "cli-repl", "lib", "run.js");
          await build({ ...bundle, entryPoints: [entry], outfile });
        },
        ["--omit=optional"], // they would have to be compiled
      );
      await chmod(outfile, 0o755);
      note("node");
      await addNode(into);
    }),
  );
}
