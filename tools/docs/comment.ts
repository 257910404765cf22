import ts from "typescript";

/** What a doc comment says of what stands behind it. */
export interface Comment {
  /** Without its tags. */
  text: string;
  /** What stands behind `@default`. */
  default?: string;
}

/** The doc comment in front of a declaration; of several the last. */
export function commentOf(node: ts.Node): Comment {
  const docs = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
  const doc = docs.at(-1);
  const tag = doc?.tags?.find(({ tagName }) => tagName.text === "default");
  return { text: textOf(doc?.comment), ...(tag && { default: textOf(tag.comment) }) };
}

const textOf = (comment: ts.JSDoc["comment"]): string => (ts.getTextOfJSDocComment(comment) ?? "").trim();
