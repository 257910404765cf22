import Elk, { type ElkExtendedEdge, type ElkNode } from "elkjs";
import { accentOf, faintInk, frame, ink, panel, paper } from "./colours";
import { type Box, type Label, type Line, moved, type Part } from "./drawing";
import { fitting, widthOf } from "./letters";
import { type Edge, type Picture } from "./model";
import { type NamespaceBox, type ObjectNode } from "./objects";

// From the addresses at which people come in, by way of what is in the cluster, to where the data is: places and ways
// are ELK's. https://eclipse.dev/elk/reference/algorithms/org-eclipse-elk-layered.html

const options = {
  "elk.algorithm": "layered",
  "elk.direction": "RIGHT",
  "elk.hierarchyHandling": "INCLUDE_CHILDREN",
  "elk.edgeRouting": "ORTHOGONAL",
  "elk.padding": "[top=0,left=0,bottom=0,right=0]",
  "elk.spacing.nodeNode": "18",
  "elk.spacing.edgeNode": "14",
  "elk.spacing.edgeEdge": "10",
  "elk.spacing.componentComponent": "22",
  "elk.layered.spacing.nodeNodeBetweenLayers": "44",
  "elk.layered.spacing.edgeNodeBetweenLayers": "18",
  "elk.layered.nodePlacement.strategy": "BRANDES_KOEPF",
  "elk.layered.considerModelOrder.strategy": "NODES_AND_EDGES",
};

const most = 260; // widest text of a card

const gap = 22;

/**
 * What applications are made of, and where their data is. What has to do with each other is laid out together; what
 * stands for itself comes below, side by side.
 */
export async function drawFlow(picture: Picture): Promise<Part> {
  const parts = await Promise.all(connected(picture).map(drawConnected));
  const width = Math.max(0, ...parts.map((part) => part.width), 860);
  const whole: Part = { boxes: [], labels: [], lines: [], width: 0, height: 0 };
  let [x, y, high] = [0, 0, 0];
  for (const part of parts.sort((a, b) => b.width * b.height - a.width * a.height)) {
    if (x > 0 && x + part.width > width) [x, y, high] = [0, y + high + gap, 0];
    const { boxes, labels, lines } = moved(part, x, y);
    whole.boxes.push(...boxes);
    whole.labels.push(...labels);
    whole.lines.push(...lines);
    whole.width = Math.max(whole.width, x + part.width);
    high = Math.max(high, part.height);
    x += part.width + gap;
  }
  return { ...whole, height: parts.length > 0 ? y + high : 0 };
}

type Content = Pick<Picture, "entries" | "namespaces" | "storage" | "edges">;

/** The parts of a picture between which no edge goes. */
function connected({ entries, namespaces, storage, edges }: Picture): Content[] {
  const boxOf = new Map<string, string>([
    ...entries.map(({ id }): [string, string] => [id, id]),
    ...namespaces.flatMap(({ id: box, objects }) => objects.map(({ id }): [string, string] => [id, box])),
    ...(storage?.stores ?? []).map(({ id }): [string, string] => [id, "storage"]),
  ]);
  const boxes = [...entries, ...namespaces, ...(storage ? [storage] : [])].map(({ id }) => id);
  const group = new Map(boxes.map((id) => [id, id]));
  for (const { from, to } of edges) {
    const [one, other] = [from, to].map((id) => group.get(boxOf.get(id) ?? "") ?? "");
    for (const [box, its] of group) if (its === other) group.set(box, one as string);
  }
  return [...new Set(group.values())].map((key) => {
    const has = (id: string) => group.get(id) === key;
    return {
      entries: entries.filter(({ id }) => has(id)),
      namespaces: namespaces.filter(({ id }) => has(id)),
      storage: storage && has(storage.id) ? storage : undefined,
      edges: edges.filter(({ from }) => has(boxOf.get(from) ?? "")),
    };
  });
}

async function drawConnected({ entries, namespaces, storage, edges }: Content): Promise<Part> {
  const cards = cardsOf({ entries, namespaces, storage });
  const children: ElkNode[] = [
    ...entries.map(({ id }) => sized(id, cards)),
    ...namespaces.map((namespace) => ({
      id: namespace.id,
      layoutOptions: boxOptions(namespaceWidth(namespace), namespace.others.length > 0 ? 34 : 14),
      children: namespace.objects.map(({ id }) => sized(id, cards)),
    })),
    ...(storage
      ? [
          {
            id: storage.id,
            layoutOptions: boxOptions(widthOf(`${storage.name}  ${storage.detail}`, 13, true) + 28, 14),
            children: storage.stores.map(({ id }) => sized(id, cards)),
          },
        ]
      : []),
  ];
  const graph: ElkNode = { id: "flow", layoutOptions: options, children, edges: edges.map(elkEdge) };
  const laid: ElkNode = await new Elk().layout(graph);
  const placed = placesOf(laid);

  const boxes: Box[] = [];
  const labels: Label[] = [];
  for (const { id, title = "namespace", name, environment, others } of namespaces) {
    const place = placed.get(id) as Place;
    boxes.push({ id, ...place, ground: panel, edge: frame, round: 10, dashed: true });
    labels.push({
      within: id,
      x: place.x + 14,
      y: place.y + 24,
      text: title,
      size: 12,
      colour: faintInk,
    });
    const at = place.x + 14 + widthOf(`${title} `, 12) + 4;
    labels.push({ within: id, x: at, y: place.y + 24, text: name, size: 13, colour: ink, bold: true });
    if (environment)
      labels.push({
        within: id,
        x: place.x + place.width - 14,
        y: place.y + 24,
        text: environment,
        size: 11,
        colour: faintInk,
        atEnd: true,
      });
    const text = fitting(others.join(" · "), 11, place.width - 28);
    if (others.length > 0)
      labels.push({
        within: id,
        x: place.x + 14,
        y: place.y + place.height - 12,
        text,
        size: 11,
        colour: faintInk,
      });
  }
  if (storage) {
    const { id, name, detail } = storage;
    const place = placed.get(id) as Place;
    boxes.push({ id, ...place, ground: "#eef4fd", edge: "#2a6fd6", round: 10 });
    labels.push({
      within: id,
      x: place.x + 14,
      y: place.y + 24,
      text: name,
      size: 13,
      colour: ink,
      bold: true,
    });
    const at = place.x + 14 + widthOf(`${name} `, 13, true) + 4;
    labels.push({ within: id, x: at, y: place.y + 24, text: detail, size: 12, colour: faintInk });
  }
  for (const [id, card] of cards) drawCard(id, card, placed.get(id) as Place, boxes, labels);
  const lines = (laid.edges ?? []).map((edge) => lineOf(edge, placed, edges, labels));
  return { boxes, labels, lines, width: Math.ceil(laid.width ?? 0), height: Math.ceil(laid.height ?? 0) };
}

/** A box with a line that says what it is, its name, and a third line. */
interface Card {
  kind: string;
  name: string;
  detail?: string;
  pods?: number;
  /** Box that it is in. */
  within?: string;
}

function cardsOf({ entries, namespaces, storage }: Omit<Content, "edges">) {
  return new Map<string, Card>([
    ...entries.map(({ id, url }): [string, Card] => [id, { kind: "address", name: url }]),
    ...namespaces.flatMap(({ id: within, objects }) =>
      objects.map(({ id, ...object }: ObjectNode): [string, Card] => [id, { ...object, within }]),
    ),
    ...(storage?.stores ?? []).map(({ id, kind, name }): [string, Card] => [
      id,
      { kind, name, within: "storage" },
    ]),
  ]);
}

function sized(id: string, cards: Map<string, Card>): ElkNode {
  const { kind, name, detail = "", pods = 0 } = cards.get(id) as Card;
  const texts = [widthOf(kind, 11), widthOf(name, 13, true), widthOf(detail, 11)];
  const width = Math.min(most, Math.max(...texts, 70)) + 30;
  return { id, width, height: 46 + (detail ? 17 : 0) + (pods > 0 ? 16 : 0) };
}

const boxOptions = (width: number, bottom: number) => ({
  "elk.padding": `[top=42,left=16,bottom=${bottom},right=16]`,
  "elk.nodeSize.constraints": "MINIMUM_SIZE",
  "elk.nodeSize.minimum": `(${width},60)`,
});

const namespaceWidth = ({ title = "namespace", name, environment = "" }: NamespaceBox): number =>
  widthOf(`${title} `, 12) + widthOf(name, 13, true) + widthOf(environment, 11) + 64;

const elkEdge = ({ from, to, label }: Edge, index: number): ElkExtendedEdge => ({
  id: String(index),
  sources: [from],
  targets: [to],
  ...(label && { labels: [{ text: label, width: widthOf(label, 11) + 4, height: 15 }] }),
});

interface Place {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Where each node is, from the corner of the whole. */
function placesOf(laid: ElkNode): Map<string, Place> {
  const places = new Map<string, Place>();
  const visit = (
    { id, x = 0, y = 0, width = 0, height = 0, children = [] }: ElkNode,
    dx: number,
    dy: number,
  ) => {
    places.set(id, { x: dx + x, y: dy + y, width, height });
    for (const child of children) visit(child, dx + x, dy + y);
  };
  visit(laid, 0, 0);
  return places;
}

function drawCard(
  id: string,
  card: Card,
  { x, y, width, height }: Place,
  boxes: Box[],
  labels: Label[],
): void {
  const { kind, name, detail, pods = 0, within } = card;
  const accent = accentOf(kind);
  const isEntry = kind === "address";
  boxes.push({
    id,
    within,
    x,
    y,
    width,
    height,
    ground: paper,
    edge: isEntry ? ink : accent,
    round: isEntry ? 23 : 6,
    hint: `${kind} ${name}`,
  });
  if (!isEntry)
    boxes.push({
      id: `${id}#accent`,
      within: id,
      x: x + 1,
      y: y + 6,
      width: 4,
      height: height - 12,
      ground: accent,
      round: 2,
    });
  const left = x + (isEntry ? 18 : 14);
  const room = width - 24;
  labels.push({ within: id, x: left, y: y + 17, text: kind, size: 11, colour: accent });
  labels.push({
    within: id,
    x: left,
    y: y + 35,
    text: fitting(name, 13, room, true),
    size: 13,
    colour: ink,
    bold: true,
  });
  if (detail)
    labels.push({
      within: id,
      x: left,
      y: y + 51,
      text: fitting(detail, 11, room),
      size: 11,
      colour: faintInk,
    });
  const shown = Math.min(pods, Math.floor(room / 14));
  for (let pod = 0; pod < shown; pod++)
    boxes.push({
      id: `${id}#pod${pod}`,
      within: id,
      x: left + pod * 14,
      y: y + height - 17,
      width: 10,
      height: 10,
      ground: accent,
      round: 3,
    });
}

function lineOf(
  edge: ElkExtendedEdge & { container?: string },
  placed: Map<string, Place>,
  edges: Edge[],
  labels: Label[],
): Line {
  const { x = 0, y = 0 } = placed.get(edge.container ?? "flow") ?? {};
  const points = (edge.sections ?? []).flatMap(({ startPoint, bendPoints = [], endPoint }) => [
    startPoint,
    ...bendPoints,
    endPoint,
  ]);
  const keeps = edges[Number(edge.id)]?.kind === "keeps";
  for (const label of edge.labels ?? [])
    labels.push({
      x: (label.x ?? 0) + x + 2,
      y: (label.y ?? 0) + y + 11,
      text: label.text ?? "",
      size: 11,
      colour: faintInk,
    });
  return {
    points: points.map((point) => ({ x: point.x + x, y: point.y + y })),
    colour: keeps ? "#2a6fd6" : "#526071",
    dashed: keeps,
  };
}
