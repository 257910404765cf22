import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { buildOnce } from "../../../lab/build-once";

let cache: string;
let folder: string;
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), "farmstack-cache-"));
  folder = join(cache, "program-1.0");
});
afterEach(() => rm(cache, { recursive: true }));

/** Builds a file that says who built it. */
const by = (who: string) => (into: string) => {
  writeFileSync(join(into, "built"), who);
  return Promise.resolve();
};
const builder = () => readFile(join(folder, "built"), "utf8");

describe("a build in the cache", () => {
  it("is made once", async () => {
    expect(await buildOnce(folder, by("first"))).toBe(folder);
    await buildOnce(folder, by("second"));
    expect(await builder()).toBe("first");
    expect(readdirSync(cache)).toEqual(["program-1.0"]);
  });

  it("that fails leaves nothing, and is made the next time", async () => {
    await expect(buildOnce(folder, () => Promise.reject(new Error("no compiler")))).rejects.toThrow(
      "no compiler",
    );
    expect(readdirSync(cache)).toEqual([]);
    await buildOnce(folder, by("second"));
    expect(await builder()).toBe("second");
  });

  it("is waited for while another run makes it", async () => {
    const others = `${folder}.${process.ppid}`; // a process that lives
    mkdirSync(others);
    const waiting = buildOnce(folder, by("second"));
    await by("first")(others);
    await rename(others, folder);
    await waiting;
    expect(await builder()).toBe("first");
  });

  it("is made when the other run gave up, or was cut", async () => {
    const others = `${folder}.${process.ppid}`;
    mkdirSync(others);
    const waiting = buildOnce(folder, by("second"));
    expect(existsSync(folder)).toBe(false);
    await rm(others, { recursive: true });
    await waiting;
    expect(await builder()).toBe("second");

    await rm(folder, { recursive: true });
    mkdirSync(`${folder}.4194305`); // above what Linux gives to a process
    await buildOnce(folder, by("third"));
    expect(await builder()).toBe("third");
  });
});
