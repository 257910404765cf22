import ts from "typescript";
import { declarationOf, type Tree } from "./tree";

/** Component classes that are exported, in the order of their names. */
export function componentClasses(tree: Tree): ts.ClassDeclaration[] {
  return tree.sources
    .flatMap((source) => source.statements.filter(ts.isClassDeclaration))
    .filter((one) => isExported(one) && isComponent(tree, one))
    .sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
}

export const nameOf = ({ name }: ts.ClassDeclaration): string => name?.text ?? "";

/** Whether a class is a component of Pulumi, itself or by a base class of the tree. */
export function isComponent(tree: Tree, one: ts.ClassDeclaration): boolean {
  const base = extended(one);
  if (!base) return false;
  if (/^(pulumi\.)?ComponentResource$/.test(base.getText())) return true;
  const declaration = declarationOf(tree, base);
  return declaration !== undefined && ts.isClassDeclaration(declaration) && isComponent(tree, declaration);
}

/** A class and those of the tree that it stands on, itself first. */
export function withBases(tree: Tree, one: ts.ClassDeclaration): ts.ClassDeclaration[] {
  const base = extended(one);
  const declaration = base && declarationOf(tree, base);
  return declaration && ts.isClassDeclaration(declaration) ? [one, ...withBases(tree, declaration)] : [one];
}

/** Interfaces of the tree that a class implements. */
export function implemented(tree: Tree, one: ts.ClassDeclaration): ts.InterfaceDeclaration[] {
  return clause(one, ts.SyntaxKind.ImplementsKeyword)
    .map((expression) => declarationOf(tree, expression))
    .filter((declaration) => declaration !== undefined)
    .filter(ts.isInterfaceDeclaration);
}

export const isPublic = (node: ts.Declaration): boolean =>
  (ts.getCombinedModifierFlags(node) & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected)) === 0;

const isExported = (one: ts.ClassDeclaration): boolean =>
  (ts.getCombinedModifierFlags(one) & ts.ModifierFlags.Export) !== 0;

const extended = (one: ts.ClassDeclaration): ts.Expression | undefined =>
  clause(one, ts.SyntaxKind.ExtendsKeyword)[0];

const clause = (
  one: ts.ClassDeclaration,
  token: ts.SyntaxKind.ExtendsKeyword | ts.SyntaxKind.ImplementsKeyword,
) =>
  (one.heritageClauses ?? [])
    .filter((heritage) => heritage.token === token)
    .flatMap(({ types }) => types.map(({ expression }) => expression));
