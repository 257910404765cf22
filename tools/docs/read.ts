import { relative } from "node:path";
import ts from "typescript";
import { componentClasses, implemented, isPublic, nameOf, withBases } from "./classes";
import { commentOf } from "./comment";
import { type Component, type Field, type Method, type Section } from "./model";
import { type Tree } from "./tree";
import { type Named, type ReadType, readType } from "./type-text";

/** All exported components of a tree, by their names. Throws for one without a constructor that names its token and args. */
export const readComponents = (tree: Tree): Component[] =>
  componentClasses(tree).map((one) => readComponent(tree, one));

function readComponent(tree: Tree, one: ts.ClassDeclaration): Component {
  const name = nameOf(one);
  const file = relative(tree.root, one.getSourceFile().fileName);
  const constructor = one.members.find(ts.isConstructorDeclaration);
  const token = constructor && tokenOf(constructor);
  const argsType = constructor?.parameters[1]?.type;
  if (!constructor || !token || !argsType)
    throw new Error(`${file}: ${name} has no constructor that names its type token and its args`);
  const read = new Reader(tree);
  const args = read.args(argsType, file);
  const outputs = read.outputs(one);
  const methods = read.methods(one);
  const { text: about } = commentOf(one);
  const signature = `new ${name}(${read.parameters(constructor)})`;
  return { name, file, token, about, signature, args, outputs, methods, types: read.types() };
}

/** The first text in `super(…)`. */
function tokenOf(constructor: ts.ConstructorDeclaration): string | undefined {
  for (const statement of constructor.body?.statements ?? []) {
    if (!ts.isExpressionStatement(statement) || !ts.isCallExpression(statement.expression)) continue;
    const { expression, arguments: given } = statement.expression;
    const [first] = given;
    if (expression.kind === ts.SyntaxKind.SuperKeyword && first && ts.isStringLiteral(first))
      return first.text;
  }
  return undefined;
}

/** Reads the parts of one component, and remembers which types they name. */
class Reader {
  private readonly sections = new Map<string, Section>();
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly tree: Tree) {}

  /** The args as a section of their own: the fields of an interface, or a type with sections for what it is made of. */
  public args(type: ts.TypeNode, file: string): Section {
    const read = readType(this.tree, type);
    const [only] = read.named;
    if (only && read.text === only.declaration.name.text) {
      const section = this.section(only.declaration, only.partial);
      this.fill(section, only.declaration);
      return section;
    }
    this.visit(read, "args");
    return { title: "args", about: "", definition: read, fields: [], partial: false, file };
  }

  public outputs(one: ts.ClassDeclaration): Field[] {
    return withBases(this.tree, one).flatMap((its) => [
      ...its.members.filter(ts.isConstructorDeclaration).flatMap(({ parameters }) =>
        parameters
          .filter((parameter) => ts.isParameterPropertyDeclaration(parameter, parameter.parent))
          .filter(isPublic)
          .map((parameter) => this.field(parameter, parameter.type, nameOf(one))),
      ),
      ...its.members
        .filter((member) => ts.isPropertyDeclaration(member) || ts.isGetAccessor(member))
        .filter((member) => isPublic(member) && ts.isIdentifier(member.name))
        .map((member) => this.output(its, member)),
    ]);
  }

  public methods(one: ts.ClassDeclaration): Method[] {
    return withBases(this.tree, one).flatMap((its) =>
      its.members
        .filter(ts.isMethodDeclaration)
        .filter((method) => isPublic(method) && ts.isIdentifier(method.name))
        .map((method) => ({
          name: method.name.getText(),
          signature: `${method.name.getText()}(${this.parameters(method)})${this.result(method, ": ")}`,
          about: oneLine(commentOf(method).text),
        })),
    );
  }

  /** Parameters with their types; those that are taken apart have the name of what they are. */
  public parameters(method: ts.MethodDeclaration | ts.MethodSignature | ts.ConstructorDeclaration): string {
    const isConstructor = ts.isConstructorDeclaration(method);
    return method.parameters
      .map((parameter, index) => {
        const read = readType(this.tree, parameter.type);
        if (!isConstructor) this.visit(read, method.name.getText());
        const own = ts.isIdentifier(parameter.name) ? parameter.name.text : "args";
        const name = isConstructor ? (["name", "args", "opts"][index] ?? own) : own;
        const optional = parameter.questionToken || parameter.initializer ? "?" : "";
        return `${name}${optional}: ${read.text || this.inferred(parameter)}`;
      })
      .join(", ");
  }

  /** Sections of all types that were named so far, and of those that they name. */
  public types(): Section[] {
    for (let next = this.waiting.shift(); next; next = this.waiting.shift()) next();
    return [...this.sections.values()];
  }

  private result({ name, type }: ts.MethodDeclaration | ts.MethodSignature, before: string): string {
    if (!type) return "";
    const read = readType(this.tree, type);
    this.visit(read, name.getText());
    return before + read.text;
  }

  /** What an output has no comment for, the interface may say that the class implements. */
  private output(
    one: ts.ClassDeclaration,
    member: ts.PropertyDeclaration | ts.GetAccessorDeclaration,
  ): Field {
    const field = this.field(member, member.type, nameOf(one));
    const text = member.type ? field.type : { text: this.inferred(member), links: [] };
    const promised = implemented(this.tree, one)
      .flatMap(({ members }) => [...members])
      .find(({ name }) => name?.getText() === field.name);
    const about = field.about || (promised ? oneLine(commentOf(promised).text) : "");
    return { ...field, type: text, about };
  }

  private inferred(member: ts.Declaration): string {
    const { checker } = this.tree;
    return checker.typeToString(checker.getBaseTypeOfLiteralType(checker.getTypeAtLocation(member)));
  }

  private members(owner: ts.InterfaceDeclaration | ts.TypeLiteralNode, path: string): Field[] {
    const inherited = ts.isInterfaceDeclaration(owner)
      ? (owner.heritageClauses ?? []).flatMap(({ types }) =>
          types.flatMap(({ expression }) => {
            const symbol = this.tree.checker.getSymbolAtLocation(expression);
            const base = symbol?.declarations?.find(ts.isInterfaceDeclaration);
            return base ? this.members(base, path) : [];
          }),
        )
      : [];
    return [
      ...inherited,
      ...owner.members.filter(ts.isPropertySignature).map((member) => this.field(member, member.type, path)),
      ...owner.members.filter(ts.isMethodSignature).map((method) => ({
        name: method.name.getText(),
        type: { text: `(${this.parameters(method)})${this.result(method, " => ")}`, links: [] },
        about: oneLine(commentOf(method).text),
        required: true,
      })),
    ];
  }

  private field(
    member:
      | ts.PropertySignature
      | ts.PropertyDeclaration
      | ts.GetAccessorDeclaration
      | ts.ParameterPropertyDeclaration
      | ts.ParameterDeclaration,
    type: ts.TypeNode | undefined,
    path: string,
  ): Field {
    const name = member.name.getText();
    const read = readType(this.tree, type);
    const comment = commentOf(member);
    const own = this.visit(read, `${path}.${name}`);
    return {
      name,
      type: { text: read.text, links: [...own, ...read.links] },
      about: oneLine(comment.text),
      required: !("questionToken" in member && member.questionToken !== undefined),
      ...(comment.default === undefined ? {} : { default: oneLine(comment.default) }),
    };
  }

  /** Sees to the sections of what a type names. Gives the links to objects that are written out in it. */
  private visit({ named, objects }: ReadType, path: string) {
    for (const { declaration, partial } of named) {
      const title = declaration.name.text;
      const known = this.sections.get(title);
      if (known) {
        known.partial &&= partial;
        continue;
      }
      const section = this.section(declaration, partial);
      this.sections.set(title, section);
      this.waiting.push(() => this.fill(section, declaration));
    }
    if (objects.length === 0) return [];
    const [first] = objects as [ts.TypeLiteralNode];
    const section = {
      title: path,
      about: "",
      fields: [] as Field[],
      partial: false,
      file: this.fileOf(first),
    };
    this.sections.set(path, section);
    section.fields = objects.flatMap((object) => this.members(object, path));
    return [{ section: path }];
  }

  private section(declaration: Named, partial: boolean): Section {
    const { text: about } = commentOf(declaration);
    return { title: declaration.name.text, about, fields: [], partial, file: this.fileOf(declaration) };
  }

  private fill(section: Section, declaration: Named): void {
    if (ts.isInterfaceDeclaration(declaration)) {
      section.fields = this.members(declaration, section.title);
      return;
    }
    const read = readType(this.tree, declaration.type);
    section.definition = read;
    this.visit({ ...read, objects: [] }, section.title);
    section.fields = read.objects.flatMap((object) => this.members(object, section.title));
  }

  private readonly fileOf = (node: ts.Node): string =>
    relative(this.tree.root, node.getSourceFile().fileName);
}

const oneLine = (text: string): string => text.replaceAll(/\s+/g, " ");
