/** Colours of a thing: its ground, its edge and accent, and the text on its ground. */
export interface Colours {
  ground: string;
  edge: string;
  text: string;
}

export const paper = "#ffffff";
export const ink = "#1b2430";
export const faintInk = "#526071";
export const frame = "#b4bfcd";
export const panel = "#f6f8fb";

/** Told apart by people who see few colours as well: they differ in lightness, and every thing bears its name. */
const hues: Colours[] = [
  { ground: "#dcebfe", edge: "#2a6fd6", text: "#16386f" },
  { ground: "#e7e3fd", edge: "#6a4fd0", text: "#372484" },
  { ground: "#d7f3e3", edge: "#1c8552", text: "#0d452a" },
  { ground: "#fdeccb", edge: "#a86400", text: "#573300" },
  { ground: "#fde0e6", edge: "#c42f58", text: "#701832" },
  { ground: "#d3f1f3", edge: "#10808c", text: "#084249" },
  { ground: "#f8e0f5", edge: "#a33a97", text: "#5a1c53" },
  { ground: "#e8eccd", edge: "#6c7a12", text: "#3a4206" },
  { ground: "#e6e9ee", edge: "#5c6b7d", text: "#2a333d" },
];

/** Colours of the components of a picture, by their order. */
export function coloursOf(components: string[]): Map<string, Colours> {
  return new Map(components.map((name, index) => [name, hues[index % hues.length] as Colours]));
}

const accents: Record<string, string> = {
  Ingress: "#a86400",
  HTTPRoute: "#a86400",
  Service: "#10808c",
  Deployment: "#6a4fd0",
  StatefulSet: "#6a4fd0",
  DaemonSet: "#6a4fd0",
  CronJob: "#6a4fd0",
  Volume: "#2a6fd6",
  Claim: "#2a6fd6",
  directory: "#2a6fd6",
  "file system": "#2a6fd6",
  pool: "#2a6fd6",
};

/** Colour of what an object of Kubernetes is. */
export const accentOf = (kind: string): string => accents[kind] ?? faintInk;

/** What the accents mean, for the legend. */
export const accentMeanings: [colour: string, kinds: string[], meaning: string][] = [
  ["#a86400", ["Ingress", "HTTPRoute"], "way in"],
  ["#10808c", ["Service"], "service"],
  ["#6a4fd0", ["Deployment", "StatefulSet", "DaemonSet", "CronJob"], "pods"],
  ["#2a6fd6", ["Volume", "Claim", "directory", "file system", "pool"], "data"],
];

/** Contrast of two colours as WCAG 2 counts it: 1 to 21. */
export function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [one, other].map(luminance).sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
