import { type Change } from "./change";
import { countsText, headline, kindOf, shortly } from "./text";
import { type Verdict } from "./verdict";

/** By which the comment of a stack is found again, to be edited in place. */
export const marker = (stack: string | undefined): string => `<!-- farmstack-gate ${stack ?? "stack"} -->`;

/** Rows of a table at most: a comment may have 65,536 characters. */
const most = 100;

/** The verdict as a comment on a pull request. */
export function renderMarkdown(verdict: Verdict): string {
  const { stack, errors, refused, allowed, restarts, quiet, counts, notThere } = verdict;
  const sign = refused.length > 0 ? "🛑" : errors.length > 0 ? "⚠️" : "✅";
  return [
    marker(stack),
    `### ${sign} \`${stack ?? "stack"}\`: ${headline(verdict)}`,
    "",
    countsText(counts),
    ...(errors.length > 0
      ? ["", "```text", ...errors.map((error) => error.replaceAll("```", "'''")), "```"]
      : []),
    ...section("Data goes", [...refused, ...allowed], allowed),
    ...section("Restarts", restarts),
    ...(quiet.length > 0
      ? [
          "",
          `<details><summary>${quiet.length} without a restart</summary>`,
          ...tableOf(quiet),
          "",
          "</details>",
        ]
      : []),
    ...notThere.map((its) => `\n\`--allow ${its}\`: nothing with data by that name goes.`),
    ...(refused.length > 0
      ? [
          "",
          "If this is meant: save what is needed first, then see *Data that is meant to go* in `docs/pull-requests.md`.",
        ]
      : []),
    "",
  ].join("\n");
}

const section = (title: string, changes: Change[], allowed: Change[] = []): string[] =>
  changes.length > 0 ? ["", `**${title}**`, ...tableOf(changes, allowed)] : [];

function tableOf(changes: Change[], allowed: Change[] = []): string[] {
  const rows = changes.slice(0, most).map((change) => {
    const what = `${change.operation} ${kindOf(change)} \`${cell(change.name)}\`${allowed.includes(change) ? " (allowed)" : ""}`;
    const effects = [change.loses && `loses ${change.loses}`, change.restarts].filter(Boolean).join("; ");
    return `| ${what} | ${cell(change.where)} | ${cell(shortly(change.why))} | ${cell(effects)} |`;
  });
  const more = changes.length - rows.length;
  return [
    "",
    "| what | where | why | effect |",
    "| --- | --- | --- | --- |",
    ...rows,
    ...(more > 0 ? [`| … ${more} more | | | |`] : []),
  ];
}

/** Text that stays in its cell and is no markup. */
const cell = (text: string): string => text.replaceAll(/[\r\n]+/g, " ").replaceAll(/([|`<>\\])/g, "\\$1");
