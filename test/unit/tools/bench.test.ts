import { describe, expect, it } from "vitest";
import { stackSchema } from "../../../config/schema";
import { faultsOf } from "../../../config/validate";
import { cpuOf, type Measurement, phasesOf } from "../../../tools/bench/measure";
import { renderReport, reportOf, type StackReport } from "../../../tools/bench/report";
import { devConfig, hostsConfig, withOtherImage } from "../../../tools/bench/stacks";

const settingsOf = (config: Record<string, unknown>) =>
  Object.fromEntries(
    Object.entries(config).flatMap(([key, value]) =>
      key.startsWith("farmstack:") ? [[key.slice("farmstack:".length), value]] : [],
    ),
  );

describe("the stacks that are measured", () => {
  it.each([
    ["3 hosts", hostsConfig(3)],
    ["300 hosts", hostsConfig(300)],
    ["dev", devConfig()],
    ["dev with another image", withOtherImage(devConfig())],
  ])("have no faults: %s", (_, config) => {
    expect(faultsOf(settingsOf(config), "bench")).toEqual([]);
  });

  it("grow with the hosts", () => {
    const { hosts, ceph } = stackSchema.parse(settingsOf(hostsConfig(300)));
    expect(new Set(hosts.map(({ address }) => address)).size).toBe(300);
    expect([ceph.monitors.length, ceph.osds.length, ceph.mounts[0]?.hosts.length]).toEqual([3, 300, 300]);
  });
});

const measurement = (seconds: number, programMiB = 100): Measurement => ({
  seconds,
  phases: { engine: 0.5, sdk: 1, modules: 0, resources: seconds - 1.6, end: 0.1 },
  // The engine's share is another than the program's, and the plugins' is nobody's.
  cpu: { program: seconds, sdk: 1, modules: 0.25, resources: seconds - 1.25, engine: 1, plugins: 100 },
  programMiB,
  allMiB: 2 * programMiB,
});

const stack = (name: string, hosts: number, resources: number, preview: number, up: number): StackReport => ({
  name,
  hosts,
  resources,
  measured: {
    preview: measurement(preview, 100 + resources),
    "no-op up": measurement(up),
    "one image": measurement(up * 2),
  },
});

describe("the report", () => {
  const empty: StackReport = {
    name: "empty",
    hosts: 0,
    resources: 1,
    measured: { preview: measurement(2), "no-op up": measurement(3) },
  };
  const report = reportOf([
    empty,
    stack("dev", 3, 170, 2.8, 4),
    stack("3 hosts", 3, 80, 3, 4),
    stack("30 hosts", 30, 500, 5, 6),
    stack("300 hosts", 300, 5000, 38, 33),
  ]);
  const ratio = (what: string) => report.ratios.find((one) => one.what === what);

  it("has ratios to the empty program, with the goals", () => {
    expect(ratio("dev: preview to the empty program's")).toMatchObject({ ratio: 1.4, goal: 1.5 });
    // Of the empty program there is no image to change: its no-op up is what the change is measured against.
    expect(ratio("dev: one image to the empty program's")?.ratio).toBeCloseTo(8 / 3);
  });

  it("has the growth beyond the empty program", () => {
    expect(ratio("30 hosts to 300 hosts: preview, beyond the empty program's")).toMatchObject({
      ratio: 12,
      goal: 11,
    });
    expect(ratio("30 hosts to 300 hosts: no-op up, beyond the empty program's")?.ratio).toBe(10);
    expect(ratio("3 hosts to 30 hosts: preview, beyond the empty program's")?.goal).toBeUndefined();
  });

  it("has the same of processor time, with the engine and without the plugins", () => {
    expect(ratio("dev: preview to the empty program's, processor time")).toEqual({
      what: expect.any(String) as string,
      ratio: (2.8 + 1) / (2 + 1),
      goal: 1.5,
    });
    expect(ratio("dev: one image to the empty program's, processor time")?.ratio).toBeCloseTo(9 / 4);
    const growth = ratio("30 hosts to 300 hosts: preview, beyond the empty program's, processor time");
    expect(growth).toMatchObject({ ratio: 12, goal: 11 });
  });

  it("is a table that says what it is worth", () => {
    const text = renderReport(report);
    expect(text).toMatch(
      /30 hosts to 300 hosts: preview, beyond the empty program's +12.00 × +goal 11: MISSED/,
    );
    expect(text).toMatch(/dev: preview to the empty program's +1.40 × +goal 1.5: met/);
    expect(text).toMatch(/^dev: preview +1\.0 +0\.3 +1\.5 +1\.0 +100\.0$/m);
    expect(text).toMatch(/^300 hosts +7\.2 +- +1024 /m);
    expect(text).toMatch(/only ratios within one run mean something\.$/);
  });
});

describe("the phases of a run", () => {
  it("are between what the clock wrote down", () => {
    const cpu = { program: 0.5, imported: 1.25, exit: 4 };
    const times = { process: 1500, program: 2500, imported: 2750, exit: 5750, peakKiB: 1, cpu };
    const phases = { engine: 0.5, sdk: 1, modules: 0.25, resources: 3, end: 0.25 };
    expect(phasesOf(1000, times, 6000)).toEqual(phases);
    const { imported, ...without } = times; // a program without modules of its own
    expect([imported, phasesOf(1000, without, 6000).modules]).toEqual([2750, 0]);
  });

  it("have their processor time, the engine's being what is left of the children's", () => {
    const cpu = { program: 0.5, imported: 1.25, exit: 4 };
    const times = { process: 0, program: 0, exit: 0, peakKiB: 1, cpu };
    const parts = { program: 4, sdk: 0.5, modules: 0.75, resources: 2.75, engine: 1.5, plugins: 2 };
    expect(cpuOf(times, 5.5, 2)).toEqual(parts);
    const { imported, ...without } = cpu;
    const alone = cpuOf({ ...times, cpu: without }, 0, 2); // nothing is known of children without /proc
    expect([imported, alone.modules, alone.resources, alone.engine]).toEqual([1.25, 0, 3.5, 0]);
  });
});
