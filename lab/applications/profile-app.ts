import { readdirSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { buildOnce } from "../build-once";
import { cacheDir, projectRoot } from "../paths";
import { step } from "../progress";
import { addNode, buildNameOf, installed, npm, pinned, type Source } from "./npm";

const folder = join(projectRoot, "examples", "profile-app");
const application: Source = {
  folder,
  files: [
    ...pinned,
    "tsconfig.json",
    ...readdirSync(join(folder, "src"))
      .sort()
      .map((name) => join("src", name)),
  ],
};

/** Names the build of the example application. */
export const profileAppBuild = (): string => buildNameOf("profile-app", [application]);

/**
 * The folder that holds the example application as one file, `main.js`, and the `node` to run it: all of it from npm,
 * as the lock files say. Built once and kept in the cache.
 */
export function builtProfileApp(): Promise<string> {
  return buildOnce(join(cacheDir, "applications", profileAppBuild()), (into) =>
    step("profile-app: build", async (note) => {
      note("application");
      await installed(application, async (copy) => {
        await npm(copy, ["run", "build"]);
        await copyFile(join(copy, "dist", "main.js"), join(into, "main.js"));
      });
      note("node");
      await addNode(into);
    }),
  );
}
