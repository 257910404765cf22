import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type WaterLines } from "../../../components/web-app";
import { scalerSpec } from "../../../components/web-app/water-lines";
import { simulate, turns } from "./autoscaler";

const lines: WaterLines = {
  safeLine: 60,
  fatalLine: 90,
  outBy: { pods: 2 },
  samplesBeforeScaleIn: 20,
  min: 2,
  max: 40,
};
const pods = (samples: { after: number }[]) => samples.map(({ after }) => after);
const steady = (work: number, looks: number) => new Array<number>(looks).fill(work);

describe("the autoscaler's spec", () => {
  it("aims at the safe line, and gives each rule its place", () => {
    expect(scalerSpec(lines, "shop", "app")).toEqual({
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "shop" },
      minReplicas: 2,
      maxReplicas: 40,
      metrics: [
        {
          type: "ContainerResource",
          containerResource: {
            name: "cpu",
            container: "app",
            target: { type: "Utilization", averageUtilization: 60 },
          },
        },
      ],
      behavior: {
        scaleUp: {
          stabilizationWindowSeconds: 0,
          selectPolicy: "Max",
          policies: [
            { type: "Pods", value: 2, periodSeconds: 15 },
            { type: "Percent", value: 50, periodSeconds: 15 },
          ],
        },
        scaleDown: {
          stabilizationWindowSeconds: 300,
          selectPolicy: "Max",
          policies: [
            { type: "Pods", value: 1, periodSeconds: 60 },
            { type: "Percent", value: 25, periodSeconds: 60 },
          ],
        },
      },
    });
  });

  it("adds by ratio where that is asked for", () => {
    const { behavior } = scalerSpec({ ...lines, outBy: { percent: 100 } }, "shop", "app");
    expect(behavior).toMatchObject({
      scaleUp: { policies: [{ type: "Percent", value: 100 }, { type: "Percent" }] },
    });
  });

  it("has defaults for all but the most pods", () => {
    expect(scalerSpec({ max: 5 }, "shop", "app")).toEqual(scalerSpec({ ...lines, max: 5 }, "shop", "app"));
  });
});

describe("scale-out", () => {
  it("leaves the pods alone at the safe line", () => {
    expect(new Set(pods(simulate(lines, steady(10 * 60, 40), 10)))).toEqual(new Set([10]));
  });

  it("comes back below the safe line in one sample from any load up to the fatal line", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 20 }),
        fc.integer({ min: 10, max: 90 }),
        fc.integer({ min: 1, max: 100 }),
        (start, safeLine, above) => {
          const fatalLine = safeLine + above;
          const [first] = simulate({ ...lines, safeLine, fatalLine, max: 1000 }, [start * fatalLine], start);
          expect((start * fatalLine) / first!.after).toBeLessThanOrEqual(safeLine * 1.1);
        },
      ),
    );
  });

  it("goes by count where that is more, and as fast until the load is below the safe line", () => {
    expect(pods(simulate({ ...lines, outBy: { pods: 6 } }, steady(40 * 60, 6), 4))).toEqual([
      10, 16, 24, 36, 40, 40,
    ]);
  });

  it("goes by ratio where that is more", () => {
    expect(pods(simulate({ ...lines, outBy: { percent: 100 } }, steady(40 * 60, 5), 4))).toEqual([
      8, 16, 32, 40, 40,
    ]);
  });

  it("stops at the most pods", () => {
    expect(Math.max(...pods(simulate({ ...lines, max: 7 }, steady(5000, 20))))).toBe(7);
  });
});

describe("scale-in", () => {
  const drop = [...steady(20 * 60, 10), ...steady(5 * 60, 100)];

  it("waits until all samples of the window agree", () => {
    const samples = simulate(lines, drop, 20);
    expect(samples.findIndex(({ before, after }) => after < before)).toBe(10 + 19);
  });

  it("goes a quarter a minute at most, and ends at the safe line", () => {
    const after = pods(simulate(lines, drop, 20));
    expect(after.at(-1)).toBe(5);
    for (let look = 4; look < after.length; look++)
      expect(after[look - 4]! - after[look]!).toBeLessThanOrEqual(
        Math.max(1, Math.ceil(after[look - 4]! / 4)),
      );
  });

  it("goes no faster right after a scale-out, however short the window", () => {
    const peak = [...steady(2 * 60, 5), ...steady(10 * 60, 4), ...steady(4 * 60, 40)];
    const after = pods(simulate({ ...lines, samplesBeforeScaleIn: 3 }, peak));
    const top = after.lastIndexOf(10);
    expect(new Set(after.slice(top))).toEqual(new Set([10, 7, 5, 4]));
  });

  it("is put off by a single sample that is higher", () => {
    const spike = drop.map((work, look) => (look === 25 ? 20 * 60 : work));
    const samples = simulate(lines, spike, 20);
    expect(samples.findIndex(({ before, after }) => after < before)).toBe(25 + 20);
  });
});

describe("flapping", () => {
  it("is none under a load that jumps up and down from sample to sample", () => {
    const jumping = Array.from({ length: 400 }, (_, look) => (look % 2 ? 3 : 12) * 60);
    expect(turns(simulate(lines, jumping))).toBe(0);
  });

  it("is none under waves that are shorter than the window", () => {
    const waves = Array.from({ length: 400 }, (_, look) => (6 + 4 * Math.sin(look / 2.5)) * 60);
    expect(turns(simulate(lines, waves))).toBe(0);
  });

  it("is none after a scale-in that moves the load to fewer pods", () => {
    const samples = simulate(lines, [...steady(20 * 60, 10), ...steady(7 * 60, 400)], 20);
    expect(turns(samples)).toBe(0);
    expect(samples.at(-1)!.after).toBe(7);
  });

  it("follows a slow wave once up and once down", () => {
    const wave = Array.from(
      { length: 480 },
      (_, look) => (10 - 8 * Math.cos((look / 480) * 2 * Math.PI)) * 60,
    );
    expect(turns(simulate(lines, wave))).toBe(1);
  });

  it("keeps its rules under any load", () => {
    const someLines = fc.record({
      safeLine: fc.integer({ min: 20, max: 80 }),
      fatalLine: fc.integer({ min: 81, max: 200 }),
      outBy: fc.oneof(
        fc.record({ pods: fc.integer({ min: 1, max: 5 }) }),
        fc.record({ percent: fc.integer({ min: 1, max: 200 }) }),
      ),
      samplesBeforeScaleIn: fc.integer({ min: 2, max: 40 }),
      min: fc.integer({ min: 1, max: 3 }),
      max: fc.integer({ min: 4, max: 30 }),
    });
    const loads = fc.array(fc.integer({ min: 0, max: 3000 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(someLines, loads, (some, work) => {
        const samples = simulate(some, work);
        samples.forEach(({ before, after }, look) => {
          expect(after).toBeGreaterThanOrEqual(some.min);
          expect(after).toBeLessThanOrEqual(some.max);
          if (after >= before) return;
          // Fewer only after as many samples, in each of which the load was low enough for what is left.
          const window = samples.slice(Math.max(0, look - some.samplesBeforeScaleIn + 1), look + 1);
          for (const one of window)
            expect(Math.ceil((one.load * one.before) / some.safeLine)).toBeLessThanOrEqual(
              Math.max(some.min, after),
            );
        });
      }),
    );
  });
});
