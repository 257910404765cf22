import { plain, row } from "./markdown";
import { type Component } from "./model";
import { note, pageName } from "./page";

/** The list of all pages. */
export function renderIndex(components: Component[]): string {
  const rows = components.map(({ name, about }) =>
    row([`[${name}](${pageName(name)})`, plain(firstSentence(about))]),
  );
  const head = ["# Components", "Every component: what it takes, what it gives, and what is the default."];
  return `${head.join("\n\n")}\n\n${[row(["component", "what it is"]), row(["---", "---"]), ...rows].join("\n")}\n\n---\n\n${note}\n`;
}

/** Up to the first full stop, or the colon after which a list begins. */
const firstSentence = (text: string): string =>
  text.replaceAll(/\s+/g, " ").match(/^.*?[^.][.](?= |$)/)?.[0] ?? text;
