export const code = (text: string): string => `\`${text}\``;

/** A sentence of which nothing outside of backticks is taken for markup. */
export const plain = (text: string): string =>
  text
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith("`") ? part : part.replaceAll(/[<*]/g, "\\$&")))
    .join("");

/** A row of a table, in which a bar has to be escaped even within code. */
export const row = (cells: string[]): string =>
  `| ${cells.map((its) => its.replaceAll("|", "\\|")).join(" | ")} |`;

/** Anchor of a heading. */
export const slug = (heading: string): string => heading.toLowerCase().replaceAll(/[^\w-]/g, "");
