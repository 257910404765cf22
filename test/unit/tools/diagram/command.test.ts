import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Picture } from "../../../../tools/diagram/model";
import { runProgram } from "../../../program";
import { recordedFile } from "./recorded";

describe("npm run diagram", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "farmstack-diagram-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const diagram = (args: string[], env: NodeJS.ProcessEnv = {}) =>
    runProgram("tools/diagram.ts", args, { env: { ...process.env, ...env } });

  it("writes a file", async () => {
    const file = join(folder, "stack.svg");
    const { code, stdout, stderr } = await diagram(["--state", recordedFile, "-o", file]);
    expect([code, stdout], stderr).toEqual([0, `${file}: 3 machines\n`]);
    expect(readFileSync(file, "utf8")).toMatch(/^<svg [^]*<\/svg>\n$/);
  });

  it("prints what it would draw", async () => {
    const { stdout } = await diagram(["--state", recordedFile, "--json"]);
    expect((JSON.parse(stdout) as Picture).hosts).toHaveLength(3);
  });

  it("asks the Pulumi CLI, and says what to do where there is none", async () => {
    const { code, stderr } = await diagram(["--stack", "prod"], { FARMSTACK_PULUMI: "no-such-pulumi" });
    expect(code).toBe(1);
    expect(stderr).toContain("there is no no-such-pulumi here: name it with --pulumi or FARMSTACK_PULUMI");
    const cli = join(folder, "pulumi");
    writeFileSync(cli, `#!/bin/sh\n[ "$*" = "stack export --stack prod" ] && cat ${recordedFile}\n`, {
      mode: 0o755,
    });
    const asked = await diagram(["--stack", "prod", "--json", "--pulumi", cli]);
    expect((JSON.parse(asked.stdout) as Picture).stack).toBe("test");
  });
});
