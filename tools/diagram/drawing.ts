/** A picture with a place for everything, px from its upper left corner. */
export interface Drawing {
  width: number;
  height: number;
  boxes: Box[];
  labels: Label[];
  lines: Line[];
}

export interface Box {
  id: string;
  /** Box that it is in. */
  within?: string;
  x: number;
  y: number;
  width: number;
  height: number;
  ground: string;
  edge?: string;
  /** Radius of its corners. */
  round?: number;
  dashed?: boolean;
  /** Shown when the pointer rests on it. */
  hint?: string;
}

export interface Label {
  /** Box that it is in. */
  within?: string;
  /** Where it starts, or ends when `atEnd`. */
  x: number;
  /** Its baseline. */
  y: number;
  text: string;
  size: number;
  colour: string;
  bold?: boolean;
  atEnd?: boolean;
}

export interface Line {
  points: Point[];
  colour: string;
  dashed: boolean;
}

export interface Point {
  x: number;
  y: number;
}

export type Part = Pick<Drawing, "boxes" | "labels" | "lines"> & { width: number; height: number };

/** A part of a drawing, moved. */
export function moved({ boxes, labels, lines }: Part, dx: number, dy: number) {
  const move = <T extends Point>(one: T): T => ({ ...one, x: one.x + dx, y: one.y + dy });
  return {
    boxes: boxes.map(move),
    labels: labels.map(move),
    lines: lines.map((line) => ({ ...line, points: line.points.map(move) })),
  };
}
