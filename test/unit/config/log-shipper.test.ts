import { describe, expect, it } from "vitest";
import { inReadingOrder } from "../../../config/faults";
import { logShippers, shipperName, shippingHosts, shipsPods } from "../../../config/log-shipper";
import { logShipperFaults } from "../../../config/log-shipper-faults";

const hosts = ["host1", "host2"].map((name) => ({ name, address: undefined }));
const cluster = { version: "1.34.1", controlPlane: ["host1"] };

const faults = (shippers: Record<string, unknown>, kubernetes: unknown = cluster) =>
  inReadingOrder(logShipperFaults(shippers, ["logging", "shippers"], hosts, kubernetes)).map(
    ({ path, problem }) => `${path}: ${problem}`,
  );
const shapeFaults = (shippers: unknown) =>
  (logShippers.safeParse(shippers).error?.issues ?? []).map(
    ({ path, message }) => `${path.join(".")}: ${message}`,
  );

describe("logging.shippers", () => {
  it("needs no setting", () => {
    const settings = logShippers.parse({});
    expect(settings).toEqual({ to: "receiver", queueMiB: 1024, memoryMiB: 256, exclude: [] });
    expect(faults({})).toEqual([]);
    expect(shippingHosts(settings, ["host1", "host2"])).toEqual(["host1", "host2"]);
    expect([shipsPods(settings, true), shipsPods(settings, false)]).toEqual([true, false]);
  });

  it("takes all of them", () => {
    const settings = {
      hosts: ["host2"],
      kubernetes: false,
      to: "store" as const,
      queueMiB: 16,
      memoryMiB: 128,
      exclude: ["noise", "Other_one.1"],
    };
    expect(logShippers.parse(settings)).toEqual(settings);
    expect(faults(settings)).toEqual([]);
    expect(shippingHosts(settings, ["host1", "host2"])).toEqual(["host2"]);
    expect(shipsPods(settings, true)).toBe(false);
    expect(shipperName("host2")).toBe("log-shipper-host2");
  });

  it("has a cluster for its pods, made or given", () => {
    expect(faults({ kubernetes: true })).toEqual([]);
    expect(faults({ kubernetes: true }, { kubeconfigFile: "~/.kube/config" })).toEqual([]);
    for (const none of [{}, { controlPlane: [] }, 7])
      expect(faults({ kubernetes: true }, none)).toEqual([
        "logging.shippers.kubernetes: the stack has no Kubernetes: its settings are under kubernetes",
      ]);
    expect(faults({ kubernetes: false }, {})).toEqual([]);
  });

  it("names all that is wrong, once", () => {
    expect(faults({ hosts: ["host1", "host9", "host1"], exclude: ["a1", "b1", "a1"] }).sort()).toEqual([
      'logging.shippers.exclude[2]: "a1" is already in exclude[0]',
      'logging.shippers.hosts[1]: "host9" is not one of the hosts (host1, host2)',
      'logging.shippers.hosts[2]: "host1" is already in hosts[0]',
    ]);
    expect(faults({ hosts: "host1", exclude: 7 })).toEqual([]); // said of their shape
  });

  it.each([
    [{ queueMiB: 15 }, /^queueMiB: .*16/],
    [{ memoryMiB: 100 }, /^memoryMiB: .*128/],
    [{ queueMiB: 20.5 }, /^queueMiB: /],
    [{ to: "logstash" }, /^to: /],
    [{ exclude: ["a b"] }, /^exclude\.0: expected the name of a container/],
    [{ host: ["host1"] }, /: Unrecognized key: "host"/],
  ])("refuses %j", (settings, problem) => {
    const found = shapeFaults(settings);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(problem);
  });
});
