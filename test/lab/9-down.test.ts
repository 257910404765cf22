import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { leftovers } from "../../lab/hosts/remove";
import { labDir } from "../../lab/paths";
import { lab } from "./lab";

describe("npm run lab:down", () => {
  it("leaves nothing behind", async () => {
    expect((await leftovers()).length).toBeGreaterThan(0); // else the next lines would show nothing
    const { code, stderr } = await lab("down");
    expect(code, stderr).toBe(0);
    expect(await leftovers()).toEqual([]);
    expect(existsSync(labDir)).toBe(false);
  });

  it("is content where there is no lab", async () => {
    expect((await lab("down")).code).toBe(0);
  });
});
