import { accentMeanings, type Colours, coloursOf, faintInk, ink } from "./colours";
import { type Box, type Drawing, type Label, type Line, moved, type Part } from "./drawing";
import { drawFlow } from "./flow";
import { widthOf } from "./letters";
import { drawMachines } from "./machines";
import { type Picture } from "./model";
import { counted } from "./storage";
import { byName } from "./values";

const margin = 28;

/** A place for everything: title, applications and their data, machines, legend; from top to bottom. */
export async function layOut(picture: Picture): Promise<Drawing> {
  const components = picture.hosts.flatMap(({ groups }) => groups.map(({ component }) => component));
  const colours = coloursOf([...new Set(components)].sort(byName));
  const flow = await drawFlow(picture);
  const machines = drawMachines(picture.hosts, colours, Math.max(flow.width, 860));
  const width = Math.max(flow.width, machines.width, 480);
  const parts: Part[] = [
    title(picture),
    ...(flow.height > 0 ? [section("Applications and their data"), flow] : []),
    ...(machines.height > 0 ? [section("Machines"), machines] : []),
    legend(picture, colours, width),
  ];
  const drawing: Drawing = { width: width + 2 * margin, height: margin, boxes: [], labels: [], lines: [] };
  for (const part of parts) {
    const { boxes, labels, lines } = moved(part, margin, drawing.height);
    drawing.boxes.push(...boxes);
    drawing.labels.push(...labels);
    drawing.lines.push(...lines);
    drawing.height += part.height + 16;
  }
  drawing.height += margin - 16;
  return drawing;
}

function title({ stack, hosts, namespaces }: Picture): Part {
  const containers = hosts.flatMap(({ groups }) =>
    groups.filter(({ component }) => component !== "kubernetes"),
  );
  const objects = namespaces.flatMap(({ objects }) => objects);
  const pods = objects.reduce((sum, { pods = 0 }) => sum + pods, 0);
  const counts = [
    counted(hosts.length, "machine"),
    counted(containers.flatMap(({ items }) => items).length, "container"),
    ...(pods > 0 ? [counted(pods, "pod")] : []),
  ].join(", ");
  const name: Label = { x: 0, y: 20, text: `farmstack ${stack}`, size: 22, colour: ink, bold: true };
  const below: Label = { x: 0, y: 42, text: counts, size: 13, colour: faintInk };
  return { boxes: [], labels: [name, below], lines: [], width: widthOf(counts, 13), height: 48 };
}

function section(text: string): Part {
  const label: Label = { x: 0, y: 16, text, size: 15, colour: ink, bold: true };
  return { boxes: [], labels: [label], lines: [], width: 0, height: 14 };
}

/** What colours and lines mean: of those that are in the picture. */
function legend({ namespaces, storage, edges }: Picture, colours: Map<string, Colours>, width: number): Part {
  const kinds = [
    ...namespaces.flatMap(({ objects }) => objects.map(({ kind }) => kind)),
    ...(storage?.stores ?? []).map(({ kind }) => kind),
  ];
  const meanings = accentMeanings.filter(([, accented]) => accented.some((kind) => kinds.includes(kind)));
  const entries = [
    ...[...colours].map(([name, { ground, edge }]) => ({ text: `${name} on a machine`, ground, edge })),
    ...meanings.map(([colour, , meaning]) => ({ text: meaning, ground: colour, edge: colour })),
    ...(["asks", "keeps"] as const)
      .filter((kind) => edges.some((edge) => edge.kind === kind))
      .map((kind) => ({ text: kind === "asks" ? "asks" : "has its data there", line: kind })),
  ];
  const boxes: Box[] = [];
  const labels: Label[] = [];
  const lines: Line[] = [];
  let x = 0;
  let y = 8;
  for (const entry of entries) {
    const swatch = "line" in entry ? 34 : 16;
    const wide = swatch + 8 + widthOf(entry.text, 12) + 20;
    if (x > 0 && x + wide > width) {
      x = 0;
      y += 24;
    }
    if ("line" in entry) {
      const keeps = entry.line === "keeps";
      const points = [x, x + swatch].map((at) => ({ x: at, y: y + 8 }));
      lines.push({ points, colour: keeps ? "#2a6fd6" : "#526071", dashed: keeps });
    } else {
      const { ground, edge } = entry;
      boxes.push({ id: `legend/${entry.text}`, x, y, width: 16, height: 16, ground, edge, round: 4 });
    }
    labels.push({ x: x + swatch + 8, y: y + 13, text: entry.text, size: 12, colour: faintInk });
    x += wide;
  }
  return { boxes, labels, lines, width, height: y + 18 };
}
