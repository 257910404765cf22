// How wide text will be, without a browser. Of the fonts that a reader may have, by the widest usual one (DejaVu Sans).

export const font = "system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif";

/** The smallest text of a picture, px. */
export const smallest = 11;

const narrow = new Set("ijl.,:;|!'()[]/\\ft-r ");
const wide = new Set("mwMW@%…");

/** Width of a line of text, px; not less than it will be, as far as it is of Latin letters. */
export function widthOf(text: string, size: number, bold = false): number {
  const ems = [...text].reduce((sum, letter) => sum + emsOf(letter), 0);
  return Math.ceil(ems * size * (bold ? 1.12 : 1));
}

function emsOf(letter: string): number {
  if (wide.has(letter)) return 1.02;
  if (narrow.has(letter)) return 0.42;
  if (letter >= "A" && letter <= "Z") return 0.75;
  return letter < "\u0100" ? 0.65 : 1.05;
}

/** The text, shortened at its end until it is not wider than that. */
export function fitting(text: string, size: number, width: number, bold = false): string {
  if (widthOf(text, size, bold) <= width) return text;
  const letters = [...text];
  while (letters.length > 1 && widthOf(`${letters.join("")}…`, size, bold) > width) letters.pop();
  return `${letters.join("")}…`;
}
