import { describe, expect, it } from "vitest";
import { checkContainer } from "../../../lab/plugins/docker/container-check";
import { type Properties, unknown } from "../../../lab/plugins/resource-type";

const properties = (inputs: Properties) => checkContainer(inputs).map(({ property }) => property);

describe("checkContainer", () => {
  it("accepts what is right or not known yet", () => {
    expect(
      checkContainer({
        image: unknown,
        command: ["a", unknown],
        uploads: [unknown, { file: unknown, content: unknown, permissions: "0400" }],
        volumes: unknown,
        healthcheck: { tests: ["CMD", "true"], interval: unknown, timeout: "1m30s" },
        cpus: "0.5",
        restart: "always",
        attach: true,
        logs: true,
        mustRun: false,
      }),
    ).toEqual([]);
  });

  it("names every fault by its path", () => {
    expect(
      properties({
        image: "",
        restart: "sometimes",
        cpus: "many",
        memory: 0.5,
        command: ["sh", ""],
        logs: true,
        healthcheck: { test: ["CMD"], interval: "10" },
        ports: [{ internal: 80 }, { internal: 81, host: 81 }],
        uploads: [{ file: "etc/x", content: "a", contentBase64: "YQ==", permissions: "600" }, { file: "/x" }],
        volumes: [{ hostPath: "/a" }],
        mounts: [{ type: "nfs", target: "a" }],
      }),
    ).toEqual([
      "ports[1].host",
      "healthcheck.test",
      "image",
      "restart",
      "cpus",
      "memory",
      "command",
      "logs",
      "healthcheck.interval",
      "uploads[0].file",
      "uploads[0].permissions",
      "uploads[0]",
      "uploads[1]",
      "volumes[0]",
      "mounts[0].type",
      "mounts[0].target",
    ]);
  });

  it("wants mustRun: false beside attach", () => {
    expect(properties({ attach: true })).toEqual(["attach"]);
  });

  it("never repeats the content of a file", () => {
    const faults = checkContainer({ uploads: [{ file: "x", content: "hunter2", permissions: "hunter2" }] });
    expect(JSON.stringify(faults)).not.toContain("hunter2");
  });
});
