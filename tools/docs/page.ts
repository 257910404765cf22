import { code, plain, row, slug } from "./markdown";
import { type Component, type Field, type Link, type Section, type TypeText } from "./model";

/** File of a component's page. */
export const pageName = (component: string): string =>
  `${component.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, "-").toLowerCase()}.md`;

export const note = "Written by `npm run docs` from the comments in the source; a change belongs there.";

/**
 * The page of a component, below docs/components/.
 * @param guide the page below docs/ that somebody wrote on it; undefined: there is none
 */
export function renderPage(component: Component, guide: string | undefined): string {
  const { name, token, file, about, signature, args, outputs, methods, types } = component;
  const its = `${code(token)}, in [${file}](../../${file}).`;
  const more = guide ? ` How it is used: [docs/${guide}](../${guide}).` : "";
  const parts = [
    `# ${name}`,
    its + more,
    about,
    `\`\`\`ts\n${signature}\n\`\`\``,
    "## Args",
    args.about,
    ...definition(args.definition),
    ...argsTable(args),
    ...(outputs.length > 0 ? ["## Outputs", outputsTable(outputs)] : []),
    ...(methods.length > 0
      ? [
          "## Methods",
          table(
            ["method", "what it does"],
            methods.map((method) => [code(method.signature), plain(method.about)]),
          ),
        ]
      : []),
    ...(types.length > 0 ? ["## Types", ...types.flatMap(renderSection)] : []),
    `---\n\n${note}`,
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

const renderSection = (section: Section): string[] => [
  `### ${section.title}`,
  section.about,
  ...definition(section.definition),
  ...argsTable(section),
];

/** What a type alias stands for; objects in it have the table that follows. */
const definition = (type: TypeText | undefined): string[] => (type ? [`Stands for ${typeText(type)}.`] : []);

const argsTable = ({ fields, partial }: Section): string[] =>
  fields.length === 0
    ? []
    : [
        table(
          ["name", "type", "default", "meaning"],
          fields.map((field) => [
            code(field.name),
            typeText(field.type),
            defaultCell(field, partial),
            plain(field.about),
          ]),
        ),
      ];

const outputsTable = (outputs: Field[]): string =>
  table(
    ["name", "type", "meaning"],
    outputs.map((field) => [code(field.name), typeText(field.type), plain(field.about)]),
  );

const table = (head: string[], rows: string[][]): string =>
  [row(head), row(head.map(() => "---")), ...rows.map(row)].join("\n");

/** A type as code, as a link where it names one thing only; otherwise with the links behind it. */
function typeText({ text, links }: TypeText): string {
  const targets = new Map(links.map((link) => [nameOf(link), targetOf(link)]));
  const all = [...targets];
  const [only] = all;
  if (only && all.length === 1) return `[${code(text)}](${only[1]})`;
  const named = all.map(([name, target]) => `[${name}](${target})`).join(", ");
  return named ? `${code(text)} (${named})` : code(text);
}

const nameOf = (link: Link): string => ("section" in link ? link.section : link.component);
const targetOf = (link: Link): string =>
  "section" in link ? `#${slug(link.section)}` : pageName(link.component);

/** `@default` of a field that has to be given is what a stack's settings fill in. */
function defaultCell({ required, default: its }: Field, partial: boolean): string {
  const value = its === undefined ? undefined : defaultText(its);
  if (!required || partial) return value ?? "";
  return value === undefined ? "**required**" : `**required**; ${value} in a stack's settings`;
}

const plainWords = /^(none|all|any|never|nothing)$/;

/** A value as code, a sentence as it is. */
const defaultText = (text: string): string =>
  /^([\w./*:@-]+|".*")$/.test(text) && !plainWords.test(text) ? code(text) : plain(text);
