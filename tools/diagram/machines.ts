import { type Colours, faintInk, frame, ink, panel } from "./colours";
import { type Box, type Label, type Part } from "./drawing";
import { type HostBox, type HostItem } from "./hosts";
import { fitting, widthOf } from "./letters";

const gap = 14;
const padding = 12;
const chip = { height: 24, gap: 6, padding: 9, size: 12 };
const most = 300; // widest chip

/**
 * The machines as a grid of boxes of one width, each row as high as its fullest machine. As many columns as make a
 * picture that fits a screen, and at least as wide as `width` where there are enough machines.
 */
export function drawMachines(hosts: HostBox[], colours: Map<string, Colours>, width: number): Part {
  if (hosts.length === 0) return { boxes: [], labels: [], lines: [], width: 0, height: 0 };
  const least = Math.max(...hosts.flatMap(widthsOf), 190) + 2 * padding;
  const columns = columnsFor(hosts, least, width);
  const own = Math.max(least, Math.floor((width - (columns - 1) * gap) / columns));
  const machines = hosts.map((host) => drawMachine(host, colours, own));
  const boxes: Box[] = [];
  const labels: Label[] = [];
  let y = 0;
  for (let first = 0; first < machines.length; first += columns) {
    const row = machines.slice(first, first + columns);
    const height = Math.max(...row.map((machine) => machine.height));
    row.forEach((machine, column) => {
      const x = column * (own + gap);
      machine.boxes.forEach((box, index) =>
        boxes.push({ ...box, x: box.x + x, y: box.y + y, ...(index === 0 && { height }) }),
      );
      machine.labels.forEach((label) => labels.push({ ...label, x: label.x + x, y: label.y + y }));
    });
    y += height + gap;
  }
  return { boxes, labels, lines: [], width: columns * (own + gap) - gap, height: y - gap };
}

function columnsFor(hosts: HostBox[], least: number, width: number): number {
  const wide = Math.max(1, Math.floor((width + gap) / (least + gap)));
  const heights = hosts.map((host) => drawMachine(host, new Map(), least).height + gap);
  const high = heights.reduce((sum, height) => sum + height, 0) / hosts.length;
  // About 3 to 2.
  const balanced = Math.round(Math.sqrt((hosts.length * high * 1.5) / (least + gap)));
  const columns = Math.min(hosts.length, Math.max(wide, balanced, 1));
  return Math.ceil(hosts.length / Math.ceil(hosts.length / columns)); // no row nearly empty
}

function widthsOf({ name, address, groups }: HostBox): number[] {
  return [
    widthOf(name, 15, true) + 16 + widthOf(address, 12),
    ...groups.flatMap(({ items }) => items.map((item) => chipWidth(item))),
  ];
}

const portsText = ({ ports }: HostItem): string => ports.map((port) => `:${port}`).join(" ");

function chipWidth(item: HostItem): number {
  const ports = portsText(item);
  const label = widthOf(item.label, chip.size) + 2 * chip.padding;
  return Math.min(most, label + (ports ? 6 + widthOf(ports, 11) : 0));
}

function drawMachine({ name, address, groups }: HostBox, colours: Map<string, Colours>, width: number): Part {
  const id = `host/${name}`;
  const boxes: Box[] = [];
  const labels: Label[] = [
    { within: id, x: padding, y: 24, text: name, size: 15, colour: ink, bold: true },
    { within: id, x: width - padding, y: 24, text: address, size: 12, colour: faintInk, atEnd: true },
  ];
  let y = 38;
  for (const { component, items } of groups) {
    labels.push({
      within: id,
      x: padding,
      y: y + 11,
      text: component,
      size: 11,
      colour: faintInk,
      bold: true,
    });
    y += 18;
    let x = padding;
    for (const item of items) {
      const wide = chipWidth(item);
      if (x > padding && x + wide > width - padding) {
        x = padding;
        y += chip.height + chip.gap;
      }
      const { ground = panel, edge = frame, text = ink } = colours.get(component) ?? {};
      const box = `${id}/${component}/${item.name}`;
      boxes.push({
        id: box,
        within: id,
        x,
        y,
        width: wide,
        height: chip.height,
        ground,
        edge,
        round: 6,
        hint: item.name,
      });
      const ports = portsText(item);
      const room = wide - 2 * chip.padding - (ports ? 6 + widthOf(ports, 11) : 0);
      labels.push({
        within: box,
        x: x + chip.padding,
        y: y + 16,
        text: fitting(item.label, chip.size, room),
        size: chip.size,
        colour: text,
      });
      if (ports)
        labels.push({
          within: box,
          x: x + wide - chip.padding,
          y: y + 16,
          text: ports,
          size: 11,
          colour: text,
          atEnd: true,
        });
      x += wide + chip.gap;
    }
    y += chip.height + 10;
  }
  const height = y + 4;
  const outer = { id, x: 0, y: 0, width, height, ground: panel, edge: frame, round: 10 };
  return { boxes: [outer, ...boxes], labels, lines: [], width, height };
}
