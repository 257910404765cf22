/** Code within a line, also of a table. */
export const code = (text: string): string => `\`${text.replaceAll("|", "\\|")}\``;

/** A sentence for a cell: nothing outside of backticks is taken for markup. */
export const cell = (text: string): string =>
  text
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith("`") ? part : part.replaceAll(/[<*]/g, "\\$&")))
    .join("")
    .replaceAll("|", "\\|");

export const row = (cells: string[]): string => `| ${cells.join(" | ")} |`;

/** Anchor of a heading. */
export const slug = (heading: string): string => heading.toLowerCase().replaceAll(/[^\w-]/g, "");
