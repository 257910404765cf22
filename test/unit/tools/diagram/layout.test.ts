import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  accentMeanings,
  accentOf,
  coloursOf,
  contrast,
  faintInk,
  ink,
  panel,
  paper,
} from "../../../../tools/diagram/colours";
import { type Drawing } from "../../../../tools/diagram/drawing";
import { layOut } from "../../../../tools/diagram/layout";
import { smallest, widthOf } from "../../../../tools/diagram/letters";
import { type Picture, pictureOf } from "../../../../tools/diagram/model";
import { renderSvg } from "../../../../tools/diagram/svg";
import { parseState } from "../../../../tools/state";
import { recordedOn } from "./recorded";

const slack = 0.5;

/** What is wrong with where things are. */
function misplaced({ width, height, boxes, labels }: Drawing): string[] {
  const byId = new Map(boxes.map((box) => [box.id, box]));
  const whole = { x: 0, y: 0, width, height };
  const overlaps = boxes.flatMap((a, index) =>
    boxes
      .slice(index + 1)
      .filter((b) => b.within === a.within)
      .filter(
        (b) =>
          a.x + a.width > b.x + slack &&
          b.x + b.width > a.x + slack &&
          a.y + a.height > b.y + slack &&
          b.y + b.height > a.y + slack,
      )
      .map((b) => `${a.id} overlaps ${b.id}`),
  );
  const outside = boxes
    .filter(({ within, x, y, width: wide, height: high }) => {
      const outer = within === undefined ? whole : (byId.get(within) ?? { x: 0, y: 0, width: 0, height: 0 });
      return (
        x < outer.x - slack ||
        y < outer.y - slack ||
        x + wide > outer.x + outer.width + slack ||
        y + high > outer.y + outer.height + slack
      );
    })
    .map(({ id }) => `${id} is not inside`);
  const cut = labels
    .filter(({ within, x, y, text, size, bold, atEnd }) => {
      const outer = within === undefined ? whole : (byId.get(within) ?? { x: 0, y: 0, width: 0, height: 0 });
      const wide = widthOf(text, size, bold);
      const left = atEnd ? x - wide : x;
      return (
        left < outer.x - slack ||
        left + wide > outer.x + outer.width + slack ||
        y - size < outer.y - slack ||
        y > outer.y + outer.height + slack
      );
    })
    .map(({ text }) => `"${text}" is not inside`);
  return [...overlaps, ...outside, ...cut];
}

const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,18}[a-z0-9]$/);
const names = (most: number) => fc.uniqueArray(name, { maxLength: most });

const pictures: fc.Arbitrary<Picture> = fc
  .record({
    hosts: fc.uniqueArray(
      fc.record({
        name,
        address: fc.oneof(fc.ipV4(), fc.ipV6()),
        groups: fc.uniqueArray(
          fc.record({
            component: name,
            items: fc.uniqueArray(
              fc.record({
                name,
                label: name,
                ports: fc.uniqueArray(fc.integer({ min: 1, max: 65535 }), { maxLength: 3 }),
              }),
              { selector: (item) => item.name, minLength: 1, maxLength: 12 },
            ),
          }),
          { selector: ({ component }) => component, maxLength: 4 },
        ),
      }),
      { selector: (host) => host.name, maxLength: 12 },
    ),
    spaces: fc.uniqueArray(
      fc.record({ name, objects: names(5), environment: fc.constantFrom("TEST", undefined) }),
      {
        selector: (space) => space.name,
        maxLength: 4,
      },
    ),
    urls: fc.uniqueArray(fc.webUrl(), { maxLength: 3 }),
    stores: names(3),
    ways: fc.array(
      fc.tuple(fc.nat(), fc.nat(), fc.constantFrom("asks", "keeps"), fc.constantFrom(":80", undefined)),
      {
        maxLength: 12,
      },
    ),
  })
  .map(({ hosts, spaces, urls, stores, ways }) => {
    const kinds = ["Service", "Deployment", "StatefulSet", "Volume", "Ingress"];
    const namespaces = spaces.map(({ name, objects, environment }) => ({
      id: `namespace/${name}`,
      name,
      environment,
      objects: objects.map((object, index) => ({
        id: `${name}/${object}`,
        kind: kinds[index % kinds.length] as string,
        name: object,
        ...(index % 2 === 0 && { detail: `${index} of ${object}`, pods: index * 9 }),
      })),
      others: objects.map((object) => `3 ${object}`),
    }));
    const entries = urls.map((url) => ({ id: `entry/${url}`, url }));
    const storage = {
      id: "storage",
      name: "ceph",
      detail: "3 monitors, 3 OSDs",
      stores: stores.map((store) => ({ id: `store/${store}`, kind: "pool" as const, name: store })),
    };
    const ends = [...entries, ...namespaces.flatMap(({ objects }) => objects), ...storage.stores].map(
      ({ id }) => id,
    );
    const edges = ways.flatMap(([from, to, kind, label]) => {
      const [a, b] = [ends[from % ends.length], ends[to % ends.length]];
      return a && b && a !== b ? [{ from: a, to: b, kind: kind as "asks" | "keeps", label }] : [];
    });
    return { stack: "any", hosts, namespaces, entries, storage, edges };
  });

describe("the layout", () => {
  it("has everything beside each other, inside its box, and no text cut", async () => {
    await fc.assert(
      fc.asyncProperty(pictures, async (picture) => {
        expect(misplaced(await layOut(picture))).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  it.each([
    [1, 1500, 1000],
    [3, 1500, 1000],
    [30, 1800, 2500],
  ])("of %d hosts fits a screen, or some pages of one", async (count, width, height) => {
    const drawing = await layOut(pictureOf(parseState(recordedOn(count))));
    expect(misplaced(drawing)).toEqual([]);
    expect(drawing.width).toBeLessThanOrEqual(width);
    expect(drawing.height).toBeLessThanOrEqual(height);
    expect(drawing.boxes.filter(({ id }) => /^host\/[^/]+$/.test(id))).toHaveLength(count);
  });

  it("has no text that is too small", async () => {
    const svg = renderSvg(await layOut(pictureOf(parseState(recordedOn(30)))), "thirty");
    const sizes = [...svg.matchAll(/font-size="([\d.]+)"/g)].map(([, size]) => Number(size));
    expect(sizes.length).toBeGreaterThan(100);
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(smallest);
    const [, width, viewed] = /width="([\d.]+)" height="[\d.]+" viewBox="0 0 ([\d.]+)/.exec(svg) ?? [];
    expect(width).toBe(viewed); // it is drawn as large as it says
  });

  it("has text that stands out from its ground, and edges that stand out from the paper", () => {
    for (const { ground, edge, text } of coloursOf([..."abcdefghi"]).values()) {
      expect(contrast(text, ground)).toBeGreaterThanOrEqual(7);
      expect(contrast(edge, panel)).toBeGreaterThanOrEqual(3);
    }
    for (const ground of [paper, panel, "#eef4fd"])
      for (const colour of [ink, faintInk]) expect(contrast(colour, ground)).toBeGreaterThanOrEqual(4.5);
    for (const [colour, kinds] of accentMeanings) {
      expect(kinds.map(accentOf)).toEqual(kinds.map(() => colour));
      expect(contrast(colour, paper)).toBeGreaterThanOrEqual(4.5);
    }
  });

  it("is the same each time", async () => {
    const picture = pictureOf(parseState(recordedOn(5)));
    expect(await layOut(picture)).toEqual(await layOut(picture));
  });

  it("escapes what would be markup", () => {
    const label = { x: 0, y: 0, text: '<b>&"\u0007', size: 12, colour: ink };
    const svg = renderSvg({ width: 1, height: 1, boxes: [], labels: [label], lines: [] }, "<title>");
    expect(svg).toContain("&lt;b&gt;&amp;&quot;\ufffd");
    expect(svg).toContain("<title>&lt;title&gt;</title>");
  });
});
