import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import application from "../../../examples/profile-app/package.json";
import { exampleImages, platformImages, referenceOf } from "../../../lab/applications/images";
import { mongoshBuild } from "../../../lab/applications/mongosh";
import { profileAppBuild } from "../../../lab/applications/profile-app";
import { labImages } from "../../../lab/images";
import { buildName, modules, sourceOf, targetsOf } from "../../../lab/kubernetes/modules";
import { versions } from "../../../lab/kubernetes/versions";
import { projectRoot } from "../../../lab/paths";
import own from "../../../package.json";
import { placeOf } from "../../lab/browser";
import { settingsInFile } from "../config/samples";

const recipe = (name: string) => readFileSync(join(projectRoot, "lab", "images", name, "Dockerfile"), "utf8");

describe("the modules of what runs on Kubernetes", () => {
  const goMod = (name: "ferretdb" | "metrics-server" | "mongo-tools") =>
    readFileSync(join(sourceOf(name), "go.mod"), "utf8");

  it("are of the versions that go.mod pins", () => {
    expect(goMod("ferretdb")).toContain(`github.com/FerretDB/FerretDB v${versions.ferretdb}\n`);
    expect(goMod("mongo-tools")).toContain(`github.com/mongodb/mongo-tools v${versions.mongoTools}\n`);
    expect(goMod("metrics-server")).toContain(`sigs.k8s.io/metrics-server v${versions.metricsServer}\n`);
  });

  it("are built in folders named by their own versions", () => {
    expect(buildName("ferretdb")).toMatch(/^ferretdb-1\.24\.0-[0-9a-f]{12}$/);
    expect(buildName("metrics-server")).toMatch(/^metrics-server-0\.9\.0-[0-9a-f]{12}$/);
  });

  it("call programs by their names whose packages are all called main", () => {
    expect(targetsOf(modules["mongo-tools"])).toEqual([
      ["mongodump", ["github.com/mongodb/mongo-tools/mongodump/main"]],
      ["mongorestore", ["github.com/mongodb/mongo-tools/mongorestore/main"]],
    ]);
    expect(targetsOf(modules.ferretdb)).toEqual([["./", ["./cmd/ferretdb"]]]);
  });

  it("tell FerretDB the version without which it doesn't start", () => {
    expect(modules.ferretdb.upstream.generated).toEqual({ "build/version/version.txt": "v1.24.0\n" });
  });
});

describe("the images of what runs on Kubernetes", () => {
  const published = { ...platformImages, ...exampleImages };

  it("are published under these names", () => {
    const names = Object.entries(published).map(([name, image]) => [name, referenceOf(image)]);
    expect(Object.fromEntries(names)).toEqual({
      ferretdb: "lab/ferretdb:1.24.0",
      mongodbTools: "lab/mongodb-tools:2.5.8",
      metricsServer: "lab/metrics-server:v0.9.0",
      profileApp: "lab/profile-app:1.0.0",
      profileAppNext: "lab/profile-app:2.0.0",
    });
  });

  it("are those that the dev stack asks for", () => {
    const { images, webApps } = settingsInFile("dev") as unknown as {
      images: { overrides: Record<string, string> };
      webApps: { image: string }[];
    };
    for (const [name, image] of Object.entries(platformImages))
      expect(images.overrides[name], name).toBe(referenceOf(image));
    expect(webApps.map(({ image }) => image)).toEqual([referenceOf(exampleImages.profileApp)]);
  });

  it("are made of recipes whose tags tell what is in them", () => {
    const images = labImages();
    for (const { image } of Object.values(published)) {
      expect(images[image].tag).toMatch(/^farmstack-lab\/[a-z-]+:[0-9.]+-[0-9a-f]{12}$/);
      expect(Boolean(images[image].modules) || Boolean(images[image].build)).toBe(true);
    }
    expect(images["profile-app"].tag.split("-").at(-1)).toBe(
      images["profile-app-next"].tag.split("-").at(-1),
    );
    expect(profileAppBuild()).toMatch(/^profile-app-[0-9a-f]{12}$/);
    expect(mongoshBuild()).toMatch(/^mongosh-[0-9a-f]{12}$/);
  });

  it("run as users that are numbers and not root, and have no login in them", () => {
    for (const name of ["ferretdb", "metrics-server", "mongodb-tools", "profile-app"])
      expect(recipe(name), name).toMatch(/^USER [1-9]\d*:[1-9]\d*$/m);
    for (const name of ["ferretdb", "metrics-server", "profile-app"])
      expect(recipe(name), name).toMatch(/^FROM scratch$/m);
    expect(recipe("ferretdb")).not.toMatch(/SETUP_(USERNAME|PASSWORD)=/);
    expect(recipe("ferretdb")).toContain("FERRETDB_TEST_ENABLE_NEW_AUTH=true");
  });
});

describe("the example application", () => {
  it("has the versions that it is checked with here", () => {
    for (const [name, version] of Object.entries({
      ...application.dependencies,
      ...application.devDependencies,
    }))
      expect(own.devDependencies, name).toHaveProperty([name], version);
  });
});

describe("the browser of the tests", () => {
  it("goes to loopback and the lab, by their numbers", () => {
    expect(placeOf("http://127.0.0.1:8080/a")).toBe("loopback");
    expect(placeOf("https://10.77.0.11:30100/")).toBe("lab");
  });

  it.each([
    "http://10.77.1.1/",
    "http://10.77.0.11.example.org/",
    "http://example.org/",
    "file:///etc/passwd",
    "http://localhost/",
  ])("does not go to %s", (url) => expect(placeOf(url)).toBeUndefined());
});
