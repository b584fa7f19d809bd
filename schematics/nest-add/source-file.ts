import type ts from 'typescript';
import type { TypeScript } from './typescript.js';

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A TypeScript file, and what is to be changed in it. The rest of its text stays as it is. */
export class SourceFile {
  private readonly source: ts.SourceFile;
  private readonly edits: Edit[] = [];
  /** Names to import, by module. */
  private readonly added = new Map<string, Set<string>>();

  constructor(
    readonly typescript: TypeScript,
    readonly path: string,
    readonly text: string,
  ) {
    this.source = typescript.createSourceFile(
      path,
      text,
      typescript.ScriptTarget.Latest,
      true,
      typescript.ScriptKind.TS,
    );
  }

  /** All nodes that pass the test, in the order of the text. */
  findAll<Found extends ts.Node>(test: (node: ts.Node) => node is Found): Found[] {
    const found: Found[] = [];
    const visit = (node: ts.Node): void => {
      if (test(node)) found.push(node);
      this.typescript.forEachChild(node, visit);
    };
    visit(this.source);
    return found;
  }

  /** Calls of `name(…)` and `object.name(…)`, by the text before the parenthesis. */
  findCalls(callee: string): ts.CallExpression[] {
    return this.findAll(this.typescript.isCallExpression).filter(
      ({ expression }) => expression.getText() === callee,
    );
  }

  /** Whether a name occurs outside of imports. */
  uses(name: string): boolean {
    return this.occurrences(name).length > 0;
  }

  /** Where a name occurs outside of imports. */
  occurrences(name: string): ts.Identifier[] {
    return this.findAll(this.typescript.isIdentifier).filter(
      (node) =>
        node.text === name && this.enclosing(node, this.typescript.isImportDeclaration) === null,
    );
  }

  /** The closest node around this one that passes the test. */
  enclosing<Found extends ts.Node>(
    node: ts.Node,
    test: (candidate: ts.Node) => candidate is Found,
  ): Found | null {
    for (let outer = node.parent; outer !== undefined; outer = outer.parent) {
      if (test(outer)) return outer;
    }
    return null;
  }

  /** The module from which a name is imported. */
  moduleOf(name: string): string | null {
    const specifier = this.importSpecifier(name);
    const declaration = specifier && this.enclosing(specifier, this.typescript.isImportDeclaration);
    return declaration ? (declaration.moduleSpecifier as ts.StringLiteral).text : null;
  }

  /** Whether anything is imported from a module. */
  importsFrom(module: string): boolean {
    return this.importDeclarations().some(
      ({ moduleSpecifier }) => (moduleSpecifier as ts.StringLiteral).text === module,
    );
  }

  /** The relative paths that the file imports. */
  relativeImports(): string[] {
    return this.importDeclarations()
      .map(({ moduleSpecifier }) => (moduleSpecifier as ts.StringLiteral).text)
      .filter((module) => module.startsWith('.'));
  }

  /** The property of an object, with or without quotation marks. */
  propertyOf(
    object: ts.ObjectLiteralExpression,
    name: string,
  ): ts.ObjectLiteralElementLike | undefined {
    return object.properties.find(
      (property) =>
        property.name !== undefined &&
        (this.typescript.isIdentifier(property.name) ||
          this.typescript.isStringLiteral(property.name)) &&
        property.name.text === name,
    );
  }

  declaresClass(name: string): boolean {
    return this.findAll(this.typescript.isClassDeclaration).some(
      (declaration) => declaration.name?.text === name,
    );
  }

  addImport(name: string, module: string): void {
    if (this.moduleOf(name) !== null) return;
    const names = this.added.get(module) ?? new Set();
    this.added.set(module, names.add(name));
  }

  /** Imports another name instead of this one. */
  replaceImport(name: string, other: string, module: string): void {
    const specifier = this.importSpecifier(name);
    const clause = specifier?.parent.parent;
    if (specifier === null || clause === undefined) return;
    const { elements } = specifier.parent;
    if (elements.length === 1 && clause.name === undefined) {
      if (this.moduleOf(other) === null) {
        this.replace(clause.parent, `import { ${other} } from '${module}';`);
      } else this.removeLine(clause.parent);
      return;
    }
    const rest = elements.filter((element) => element !== specifier);
    this.replace(specifier.parent, `{ ${rest.map((element) => element.getText()).join(', ')} }`);
    this.addImport(other, module);
  }

  replace(node: ts.Node, text: string): void {
    this.edits.push({ start: node.getStart(), end: node.getEnd(), text });
  }

  private removeLine(node: ts.Node): void {
    const end = node.getEnd();
    const hasLineBreak = this.text[end] === '\n';
    this.edits.push({ start: node.getStart(), end: hasLineBreak ? end + 1 : end, text: '' });
  }

  /** Inserts statements, each on a line of its own, before the statement and its comments. */
  insertBefore(statement: ts.Node, lines: string): void {
    const [comment] =
      this.typescript.getLeadingCommentRanges(this.text, statement.getFullStart()) ?? [];
    const start = comment?.pos ?? statement.getStart();
    const text = `${lines.replaceAll('\n', `\n${this.indentAt(start)}`)}\n${this.indentAt(start)}`;
    this.edits.push({ start, end: start, text });
  }

  /** Adds a property to the end of an object. Of several lines, the first is at the indentation of the property. */
  addProperty(object: ts.ObjectLiteralExpression, property: string): void {
    const last = object.properties.at(-1);
    const inner = last ? this.indentAt(last.getStart()) : `${this.indentAt(object.getStart())}  `;
    const isMultiLine = last === undefined || object.getText().includes('\n');
    const text = isMultiLine
      ? `\n${inner}${property.replaceAll('\n', `\n${inner}`)},`
      : ` ${property}`;
    const end = isMultiLine && last === undefined ? `\n${this.indentAt(object.getStart())}` : '';
    this.append(object.properties, object.getStart() + 1, `${text}${end}`);
  }

  /** Adds an element to the end of a list. */
  addElement(list: ts.ArrayLiteralExpression, element: string): void {
    const last = list.elements.at(-1);
    const isMultiLine = last !== undefined && list.getText().includes('\n');
    const text = isMultiLine
      ? `\n${this.indentAt(last.getStart())}${element.replaceAll('\n', `\n${this.indentAt(last.getStart())}`)},`
      : `${last === undefined ? '' : ' '}${element.replaceAll('\n', `\n${this.indentAt(list.getStart())}`)}`;
    this.append(list.elements, list.getStart() + 1, text);
  }

  /** The spaces at the begin of the line. */
  indentAt(position: number): string {
    const lineStart = this.text.lastIndexOf('\n', position - 1) + 1;
    return /^[ \t]*/.exec(this.text.slice(lineStart, position))![0];
  }

  /** The text with all changes. */
  toString(): string {
    const edits = [...this.edits, ...this.importEdits()];
    return edits
      .map((edit, order) => ({ ...edit, order }))
      .toSorted((a, b) => b.start - a.start || b.end - a.end || b.order - a.order)
      .reduce(
        (text, { start, end, text: inserted }) => text.slice(0, start) + inserted + text.slice(end),
        this.text,
      );
  }

  private append(nodes: ts.NodeArray<ts.Node>, start: number, text: string): void {
    const last = nodes.at(-1);
    if (last === undefined) {
      this.edits.push({ start, end: start, text });
      return;
    }
    // A list that ends with a comma keeps it.
    const comma = nodes.hasTrailingComma ? '' : ',';
    const end = nodes.hasTrailingComma ? nodes.end : last.getEnd();
    this.edits.push({ start: end, end, text: `${comma}${text}` });
  }

  private importEdits(): Edit[] {
    const created: string[] = [];
    const extended: Edit[] = [];
    for (const [module, names] of this.added) {
      const named = this.namedImportsOf(module);
      if (named === null) {
        created.push(`import { ${[...names].join(', ')} } from '${module}';`);
      } else {
        const all = [...named.elements.map((element) => element.getText()), ...names];
        extended.push({
          start: named.getStart(),
          end: named.getEnd(),
          text: `{ ${all.join(', ')} }`,
        });
      }
    }
    if (created.length === 0) return extended;
    // Packages before the files of the project, as the Nest CLI writes them.
    const packages = created.filter((line) => !line.includes(`from '.`));
    const files = created.filter((line) => line.includes(`from '.`));
    const declarations = this.importDeclarations();
    const firstFile = declarations.find(({ moduleSpecifier }) =>
      (moduleSpecifier as ts.StringLiteral).text.startsWith('.'),
    );
    const end = declarations.at(-1)?.getEnd() ?? 0;
    const atEnd = (lines: string[]): Edit => ({
      start: end,
      end,
      text: end === 0 ? `${lines.join('\n')}\n` : `\n${lines.join('\n')}`,
    });
    if (firstFile === undefined) return [...extended, atEnd([...packages, ...files])];
    const start = firstFile.getStart();
    return [
      ...extended,
      ...(packages.length > 0 ? [{ start, end: start, text: `${packages.join('\n')}\n` }] : []),
      ...(files.length > 0 ? [atEnd(files)] : []),
    ];
  }

  private importDeclarations(): ts.ImportDeclaration[] {
    return this.source.statements.filter(this.typescript.isImportDeclaration);
  }

  private namedImportsOf(module: string): ts.NamedImports | null {
    for (const { moduleSpecifier, importClause } of this.importDeclarations()) {
      const bindings = importClause?.namedBindings;
      const isOfModule = (moduleSpecifier as ts.StringLiteral).text === module;
      if (!isOfModule || importClause?.isTypeOnly || bindings === undefined) continue;
      if (this.typescript.isNamedImports(bindings)) return bindings;
    }
    return null;
  }

  private importSpecifier(name: string): ts.ImportSpecifier | null {
    return (
      this.findAll(this.typescript.isImportSpecifier).find((node) => node.name.text === name) ??
      null
    );
  }
}
