import { describe, expect, it } from "vitest";
import { findMirror } from "../../../lab/images/apt-sources";
import { labImages } from "../../../lab/images";
import { recipeHash } from "../../../lab/images/recipe";

describe("the hash of a recipe", () => {
  const files = { Dockerfile: "FROM x", conf: "a" };
  const hash = recipeHash(files);

  it("is the same whatever the order of the files", () => {
    expect(recipeHash({ conf: "a", Dockerfile: "FROM x" })).toBe(hash);
    expect(hash).toMatch(/^[0-9a-f]{12}$/);
  });

  it("differs by content, by name, and by what the image is made of", () => {
    const others = [
      recipeHash({ ...files, conf: "b" }),
      recipeHash({ Dockerfile: "FROM x", other: "a" }),
      recipeHash({ Dockerfile: "FROM xconfa" }),
      recipeHash(files, ["base:1"]),
      recipeHash(files, ["base:2"]),
    ];
    expect(new Set([hash, ...others]).size).toBe(6);
  });

  it("is in the tags of the lab's images", () => {
    expect(labImages().ceph.tag).toMatch(/^farmstack-lab\/ceph:16\.2\.15-[0-9a-f]{12}$/);
    expect(labImages().host.tag).toMatch(/^farmstack-lab\/host:12-[0-9a-f]{12}$/);
  });
});

describe("the machine's mirror", () => {
  const mirror = { archive: "http://mirror.example/debian", security: "https://mirror.example/security" };

  it("is read from sources of one line each", () => {
    const text = [
      "# deb http://old.example/debian bookworm main",
      "deb-src http://src.example/debian bookworm main",
      "deb [arch=amd64 signed-by=/k.gpg] http://mirror.example/debian/ bookworm main contrib",
      "deb https://mirror.example/security bookworm-security main",
    ].join("\n");
    expect(findMirror([text], "bookworm")).toEqual(mirror);
  });

  it("is read from deb822 paragraphs, disabled ones left out", () => {
    const text = `Types: deb
# a comment
URIs: http://off.example/debian
Suites: bookworm
Components: main
Enabled: no

Types: deb deb-src
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /k.gpg

Types: deb
URIs: https://mirror.example/security
Suites: bookworm-security
Components: main
`;
    expect(findMirror(["deb http://tools.example/apt stable main", text], "bookworm")).toEqual(mirror);
  });

  it("is unknown without sources for the release and its security updates", () => {
    expect(findMirror(["deb http://mirror.example/debian bookworm main"], "bookworm")).toBeUndefined();
    expect(findMirror(["deb http://mirror.example/debian trixie main"], "bookworm")).toBeUndefined();
  });
});
