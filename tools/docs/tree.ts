import { existsSync, readdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import ts from "typescript";

/** The components' sources, parsed. */
export interface Tree {
  root: string;
  sources: ts.SourceFile[];
  checker: ts.TypeChecker;
}

/**
 * Parses all of `components/` below a root. Packages are left out: a page needs the text of a type and where the tree
 * declares it, and the types of the Kubernetes SDK alone would take half a minute.
 */
export function parseTree(root: string): Tree {
  const folder = join(root, "components");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .sort()
    .map((file) => join(folder, file));
  const options: ts.CompilerOptions = { target: ts.ScriptTarget.ES2022, types: [] };
  const usual = ts.createCompilerHost(options);
  const host: ts.CompilerHost = {
    ...usual,
    getDefaultLibFileName: () => library,
    getSourceFile: (file, target) =>
      file === library ? ts.createSourceFile(file, globals, target) : usual.getSourceFile(file, target),
    resolveModuleNameLiterals: (literals, from) =>
      literals.map(({ text }) => ({ resolvedModule: inTree(text, from) })),
  };
  const program = ts.createProgram(files, options, host);
  const sources = files.map((file) => program.getSourceFile(file)).filter((source) => source !== undefined);
  return { root, sources, checker: program.getTypeChecker() };
}

/** What of the language's own library lists of names are made of; the rest would be read for nothing. */
const library = "/lib.d.ts";
const globals = `
interface Array<T> { [index: number]: T }
interface ReadonlyArray<T> { readonly [index: number]: T }
type Record<K extends keyof any, T> = { [P in K]: T };
interface Boolean {} interface CallableFunction {} interface Function {} interface IArguments {}
interface NewableFunction {} interface Number {} interface Object {} interface RegExp {} interface String {}
`;

function inTree(name: string, from: string): ts.ResolvedModuleFull | undefined {
  if (!name.startsWith(".")) return undefined;
  const path = resolve(dirname(from), name);
  const file = [`${path}.ts`, join(path, "index.ts")].find((candidate) => existsSync(candidate));
  return file === undefined ? undefined : { resolvedFileName: file, extension: ts.Extension.Ts };
}

/** What a name in a type stands for, when the tree declares it. */
export function declarationOf({ checker }: Tree, name: ts.Node): ts.Declaration | undefined {
  const symbol = checker.getSymbolAtLocation(name);
  if (!symbol) return undefined;
  const meant = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const declaration = meant.declarations?.[0];
  return declaration?.getSourceFile().fileName === library ? undefined : declaration;
}
