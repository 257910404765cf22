import ts from "typescript";
import { isComponent } from "./classes";
import { type Link, type TypeText } from "./model";
import { declarationOf, type Tree } from "./tree";

/** A declaration that has a section of its own on the pages that name it. */
export type Named = ts.InterfaceDeclaration | ts.TypeAliasDeclaration;

/** A type as it is read, with the declarations that its links lead to. */
export interface ReadType extends TypeText {
  named: { declaration: Named; partial: boolean }[];
  /** Objects that are written out in it and need a table. */
  objects: ts.TypeLiteralNode[];
}

/**
 * The text of a type as it stands in the source, with three differences: no `pulumi.` in front, objects with more to say than
 * fits a line as `{…}`, and names for a few words as those words.
 */
export function readType(tree: Tree, type: ts.TypeNode | undefined): ReadType {
  const links: Link[] = [];
  const named: ReadType["named"] = [];
  const objects: ts.TypeLiteralNode[] = [];

  const textOf = (node: ts.Node, partial = false): string => {
    if (ts.isTypeLiteralNode(node) && !fitsALine(node)) {
      objects.push(node);
      return "{…}";
    }
    if (ts.isTypeReferenceNode(node)) {
      const declaration = declarationOf(tree, node.typeName);
      const name = node.typeName.getText().replace(/^pulumi\./, "");
      if (declaration && ts.isClassDeclaration(declaration) && isComponent(tree, declaration))
        links.push({ component: name });
      if (declaration && ts.isTypeAliasDeclaration(declaration)) {
        const words = wordsOf(tree, declaration.type);
        if (words && words.length <= aFewWords) return words;
      }
      if (declaration && (ts.isTypeAliasDeclaration(declaration) || ts.isInterfaceDeclaration(declaration))) {
        named.push({ declaration, partial });
        links.push({ section: declaration.name.text });
      }
      const args = node.typeArguments?.map((arg) => textOf(arg, name === "Partial")) ?? [];
      return args.length === 0 ? name : `${name}<${args.join(", ")}>`;
    }
    if (ts.isArrayTypeNode(node)) {
      const element = textOf(node.elementType);
      // A name may have been put into its words.
      return /^"[^]* \| /.test(element) ? `(${element})[]` : `${element}[]`;
    }
    const words = wordsOf(tree, node);
    if (words) return words;
    return withChildren(node, (child) => textOf(child));
  };

  const text = type ? textOf(type) : "";
  return { text, links, named, objects };
}

/** An object whose field explains all of it: on one line, without anything that may be left out. */
const fitsALine = (node: ts.TypeLiteralNode): boolean =>
  !node.getText().includes("\n") &&
  node.members.every((member) => ts.isPropertySignature(member) && member.questionToken === undefined);

/** Letters up to which a list of words stands in the place of its name. */
const aFewWords = 60;

/** `"a" | "b"`, also where these are the names of something; undefined for any other type. */
function wordsOf({ checker }: Tree, node: ts.Node): string | undefined {
  if (ts.isUnionTypeNode(node) && node.types.every((part) => ts.isLiteralTypeNode(part)))
    return onOneLine(node.getText());
  if (!ts.isIndexedAccessTypeNode(node) && !ts.isTypeOperatorNode(node)) return undefined;
  const type = checker.getTypeFromTypeNode(node);
  const parts = type.isUnion() ? type.types : [type];
  return parts.every((part) => part.isStringLiteral())
    ? parts
        .map((part) => JSON.stringify(part.value))
        .sort() // the compiler's own order is another one with other sources
        .join(" | ")
    : undefined;
}

/** The source of a node, with each of its children in the words of `say`, on one line. */
function withChildren(node: ts.Node, say: (child: ts.Node) => string): string {
  const source = node.getSourceFile().text;
  let text = "";
  let at = node.getStart();
  node.forEachChild((child) => {
    text += withoutComments(source.slice(at, child.getStart())) + say(child);
    at = child.end;
  });
  return onOneLine(text + withoutComments(source.slice(at, node.end)));
}

const withoutComments = (text: string): string => text.replaceAll(/\/\*[^]*?\*\/|\/\/.*/g, "");
const onOneLine = (text: string): string => text.replaceAll(/\s+/g, " ").replace(/^\| /, "");
