import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { hostFunctions } from "../../../components/hosts/functions";
import { shell } from "./shell";

const { folder, fake, sh, take } = shell();

/** Steps of a host that want packages, with the lock in the test's folder. */
const here = (script: string) =>
  sh(
    `host=host1\nfamily=debian\n${hostFunctions}\n${script}`.replaceAll(
      "/run/farmstack-packages.lock",
      join(folder, "lock"),
    ),
  );

describe("the installation of packages", () => {
  it("goes one after the other when two steps of a host want some at the same time", () => {
    fake("dpkg", ":");
    fake("apt-get", `echo "begin" >>${folder}/calls; sleep 0.2; echo "end" >>${folder}/calls`);
    const { status, stderr } = here("install_packages one a & install_packages two b & wait");
    expect(status, stderr).toBe(0);
    const calls = take("calls").trim().split("\n");
    expect(calls).toEqual(["begin", "end", "begin", "end", "begin", "end", "begin", "end"]);
  });

  it("says what failed, on which host, and where the rest of it is", () => {
    fake("dpkg", ":");
    fake("apt-get", "for line in 1 2 3 4; do echo line $line; done; exit 100");
    const { status, stderr } = here("install_packages 'the mixer' mixer");
    expect(status).not.toBe(0);
    const [, log = ""] =
      /^host1: the mixer: installing mixer failed: line 2 line 3 line 4 \(more in (\S+)\)$/m.exec(stderr) ??
      [];
    expect(readFileSync(log, "utf8")).toContain("line 1");
    rmSync(log);
  });
});
