import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { projectRoot } from "../../lab/paths";
import { anyCode, run } from "../../lab/run";

/** https://github.com/rhysd/actionlint/releases */
const linter = "github.com/rhysd/actionlint/cmd/actionlint@v1.7.12";

// Here because it takes Go, as the engine does.
it(
  "GitHub's workflows are as their linter wants them, with the scripts in them",
  { timeout: 600_000 },
  async () => {
    const folder = join(projectRoot, ".github", "workflows");
    const files = readdirSync(folder).map((name) => join(folder, name));
    // Outside of the module in lab/toolchain the version in the path counts alone.
    const { code, stdout, stderr } = await run("go", ["run", linter, "-no-color", ...files], {
      cwd: projectRoot,
      env: { ...process.env, GOFLAGS: "" },
      allow: anyCode,
    });
    expect(stdout + (code === 0 ? "" : stderr)).toBe("");
  },
);
