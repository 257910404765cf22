import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { changes, type Machine, readMachine } from "../../lab/docker/machine";
import { leftovers } from "../../lab/hosts/remove";
import { labDir } from "../../lab/paths";
import { lab, machineBefore } from "./lab";

describe("npm run lab:down", () => {
  it("leaves nothing behind", async () => {
    expect((await leftovers()).length).toBeGreaterThan(0); // else the next lines would show nothing
    const { code, stderr } = await lab("down");
    expect(code, stderr).toBe(0);
    expect(await leftovers()).toEqual([]);
    expect(existsSync(labDir)).toBe(false);
    const before = JSON.parse(await readFile(machineBefore, "utf8")) as Machine;
    expect(changes(before, await readMachine())).toEqual([]);
  });

  it("is content where there is no lab", async () => {
    expect((await lab("down")).code).toBe(0);
  });
});
