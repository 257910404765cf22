import { paper } from "./colours";
import { type Box, type Drawing, type Label, type Line, type Point } from "./drawing";
import { font } from "./letters";

/** The drawing as an SVG that needs nothing beside itself. Pure: the same drawing gives the same text. */
export function renderSvg(drawing: Drawing, title: string): string {
  const { width, height, boxes, labels, lines } = drawing;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${at(width)}" height="${at(height)}" viewBox="0 0 ${at(width)} ${at(height)}" font-family="${escape(font)}" role="img">`,
    `<title>${escape(title)}</title>`,
    ...[...new Set(lines.map(({ colour }) => colour))].map(arrowHead),
    `<rect width="100%" height="100%" fill="${paper}"/>`,
    ...boxes.map(rectangle),
    ...lines.map(path),
    ...labels.map(line),
    "</svg>",
    "",
  ].join("\n");
}

const arrow = (colour: string): string => `arrow-${colour.slice(1)}`;

const arrowHead = (colour: string): string =>
  `<marker id="${arrow(colour)}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0 8 4 0 8Z" fill="${colour}"/></marker>`;

function rectangle({ x, y, width, height, ground, edge, round, dashed, hint }: Box): string {
  const attributes = [
    `x="${at(x)}" y="${at(y)}" width="${at(width)}" height="${at(height)}" fill="${ground}"`,
    ...(edge ? [`stroke="${edge}"`] : []),
    ...(round ? [`rx="${round}"`] : []),
    ...(dashed ? ['stroke-dasharray="5 4"'] : []),
  ].join(" ");
  return hint ? `<rect ${attributes}><title>${escape(hint)}</title></rect>` : `<rect ${attributes}/>`;
}

const path = ({ points, colour, dashed }: Line): string =>
  `<path d="${rounded(points)}" fill="none" stroke="${colour}" stroke-width="1.5"${dashed ? ' stroke-dasharray="5 4"' : ""} marker-end="url(#${arrow(colour)})"/>`;

/** A way whose corners are round. */
function rounded(points: Point[]): string {
  const radius = 6;
  return points
    .map((point, index) => {
      const [before, after] = [points[index - 1], points[index + 1]];
      if (!before) return `M${at(point.x)} ${at(point.y)}`;
      if (!after) return `L${at(point.x)} ${at(point.y)}`;
      const [from, to] = [towards(point, before, radius), towards(point, after, radius)];
      return `L${at(from.x)} ${at(from.y)}Q${at(point.x)} ${at(point.y)} ${at(to.x)} ${at(to.y)}`;
    })
    .join("");
}

function towards(from: Point, to: Point, distance: number): Point {
  const whole = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  const part = Math.min(distance, whole / 2) / whole;
  return { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part };
}

const line = ({ x, y, text, size, colour, bold, atEnd }: Label): string =>
  `<text x="${at(x)}" y="${at(y)}" font-size="${size}" fill="${colour}"${bold ? ' font-weight="600"' : ""}${atEnd ? ' text-anchor="end"' : ""}>${escape(text)}</text>`;

/** A number with one digit behind the point: engines of JavaScript may differ in the last ones. */
const at = (value: number): string => String(Math.round(value * 10) / 10);

const escape = (text: string): string =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    // XML has no way to write them.
    .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, "\ufffd");
