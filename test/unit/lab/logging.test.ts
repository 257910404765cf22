import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { referenceOf } from "../../../lab/applications/images";
import { labImages } from "../../../lab/images";
import { buildName, sourceOf } from "../../../lab/kubernetes/modules";
import { elasticsearchBuild } from "../../../lab/logging/elasticsearch";
import { loggingImages } from "../../../lab/logging/images";
import { loggingVersions } from "../../../lab/logging/versions";
import { projectRoot } from "../../../lab/paths";
import { wantsLogging } from "../../../lab/stack-file";

const recipe = (name: string, file = "Dockerfile") =>
  readFileSync(join(projectRoot, "lab", "images", name, file), "utf8");

describe("the images of the logging node", () => {
  it("are published under these names", () => {
    const names = Object.entries(loggingImages).map(([name, image]) => [name, referenceOf(image)]);
    expect(Object.fromEntries(names)).toEqual({
      elasticsearch: "lab/elasticsearch:8.19.21",
      filebeat: "lab/filebeat:7.17.28",
      logReceiver: "lab/log-receiver:1.0.0",
      nginx: "lab/nginx:1.22.1",
    });
  });

  it("are made of recipes whose tags tell what is in them", () => {
    const images = labImages();
    for (const { image } of Object.values(loggingImages))
      expect(images[image].tag).toMatch(/^farmstack-lab\/[a-z-]+:[0-9.]+-[0-9a-f]{12}$/);
    expect(elasticsearchBuild()).toMatch(/^elasticsearch-8\.19\.21-[0-9a-f]{12}$/);
    expect(buildName("filebeat")).toMatch(/^filebeat-7\.17\.28-[0-9a-f]{12}$/);
    expect(buildName("receiver")).toMatch(/^receiver-1\.0\.0-[0-9a-f]{12}$/);
  });

  it("have the version of Filebeat that go.mod pins", () => {
    const goMod = readFileSync(join(sourceOf("filebeat"), "go.mod"), "utf8");
    expect(goMod).toContain(`github.com/elastic/beats/v7 v${loggingVersions.filebeat}\n`);
  });

  it("run Elasticsearch and the receiver as the user of the official images", () => {
    for (const name of ["elasticsearch", "log-receiver"])
      expect(recipe(name), name).toMatch(/^USER 1000:0$/m);
  });

  it("have no password, and take none into an argument", () => {
    for (const name of ["elasticsearch", "filebeat", "log-receiver", "nginx"])
      expect(recipe(name), name).not.toMatch(/password=/i);
    expect(recipe("elasticsearch", "docker-entrypoint.sh")).toContain("--stdin bootstrap.password");
  });
});

describe("a stack's file", () => {
  const file = (more: string) => `config:\n  farmstack:hosts: []\n${more}`;

  it("wants the logging node when it says where", () => {
    expect(wantsLogging(file("  farmstack:logging: { hosts: [host2] }\n"))).toBe(true);
    expect(wantsLogging(file(""))).toBe(false);
    expect(wantsLogging(file("  farmstack:logging:\n"))).toBe(false);
  });
});
