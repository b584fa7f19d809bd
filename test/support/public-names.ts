import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import ts from 'typescript';
import { createHost, readProject } from './compiler.js';

/** The source of each entry point of the package, by the name that it is imported by. */
export function readEntryPoints(): Map<string, string> {
  const { name, exports } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    name: string;
    exports: Record<string, unknown>;
  };
  const entries = Object.keys(exports).filter((entry) => entry !== './package.json');
  return new Map(
    entries.map((entry) => [entry.replace('.', name), resolve('lib', entry, 'index.ts')]),
  );
}

/**
 * Looks for public names whose comment does not say what they are for, what they take and give, or shows no use.
 *
 * @param entryPoints the files whose exports are public, by a name for them
 * @param texts files that are not on disk
 * @returns what is missing, such as `nestjs-propelauth: PropelAuthService.requireOrgMember has no @param orgId`
 */
export function findUndocumented(
  entryPoints: ReadonlyMap<string, string>,
  texts: ReadonlyMap<string, string> = new Map(),
): string[] {
  const { options } = readProject('tsconfig.json');
  const files = [...entryPoints.values()];
  const program = ts.createProgram(files, options, createHost(options, texts));
  const comments = new Comments(program.getTypeChecker());
  return [...entryPoints].flatMap(([entry, file]) =>
    comments.ofExports(program.getSourceFile(file)).map((missing) => `${entry}: ${missing}`),
  );
}

/** Reads the comments of symbols. */
class Comments {
  constructor(private readonly checker: ts.TypeChecker) {}

  /** What is missing in the comments of a module's exports. */
  ofExports(file: ts.SourceFile | undefined): string[] {
    const module = file && this.checker.getSymbolAtLocation(file);
    if (module === undefined) throw new Error(`${file?.fileName} exports nothing`);
    return this.checker
      .getExportsOfModule(module)
      .flatMap((exported) => this.ofExport(exported.name, this.resolve(exported)));
  }

  private resolve(symbol: ts.Symbol): ts.Symbol {
    return symbol.flags & ts.SymbolFlags.Alias ? this.checker.getAliasedSymbol(symbol) : symbol;
  }

  private ofExport(name: string, symbol: ts.Symbol): string[] {
    if (symbol.flags & ts.SymbolFlags.ValueModule) return this.ofNamespace(name, symbol);
    if (!isOurs(symbol)) return [];
    return [
      ...this.ofSymbol(name, symbol),
      ...this.missingTag(name, symbol, 'publicApi'),
      ...(symbol.flags & ts.SymbolFlags.Value ? this.missingTag(name, symbol, 'example') : []),
      ...membersOf(symbol).flatMap((member) => this.ofSymbol(`${name}.${member.name}`, member)),
    ];
  }

  private ofNamespace(name: string, symbol: ts.Symbol): string[] {
    return this.checker
      .getExportsOfModule(symbol)
      .flatMap((member) => this.ofExport(`${name}.${member.name}`, this.resolve(member)));
  }

  private ofSymbol(name: string, symbol: ts.Symbol): string[] {
    if (this.hasTag(symbol, 'internal') || this.hasTag(symbol, 'hidden')) return [];
    const isConstructor = Boolean(symbol.flags & ts.SymbolFlags.Constructor);
    const summary = ts.displayPartsToString(symbol.getDocumentationComment(this.checker));
    return [
      // What a constructor does goes without saying; what it takes does not.
      ...(summary === '' && !isConstructor ? [`${name} has no summary`] : []),
      ...this.signaturesOf(symbol).flatMap((signature) =>
        this.ofSignature(name, symbol, signature, isConstructor),
      ),
    ];
  }

  /** How a function, a method or a constructor is called; of what is none, nothing. */
  private signaturesOf(symbol: ts.Symbol): readonly ts.Signature[] {
    if (symbol.flags & ts.SymbolFlags.Constructor) {
      return (symbol.declarations ?? [])
        .filter(ts.isConstructorDeclaration)
        .map((declaration) => this.checker.getSignatureFromDeclaration(declaration))
        .filter((signature) => signature !== undefined);
    }
    const { Function, Method, Variable } = ts.SymbolFlags;
    if (!(symbol.flags & (Function | Method | Variable))) return [];
    return this.checker.getTypeOfSymbol(symbol).getCallSignatures();
  }

  private ofSignature(
    name: string,
    symbol: ts.Symbol,
    signature: ts.Signature,
    isConstructor: boolean,
  ): string[] {
    const described = new Set(
      this.tagsOf(symbol, 'param').map(({ text }) => /^\s*(\w+)\s+\S/.exec(text)?.[1]),
    );
    const missing = signature.parameters
      .filter((parameter) => !described.has(parameter.name))
      .map((parameter) => `${name} has no @param ${parameter.name}`);
    const { flags } = signature.getReturnType();
    const isSilent = isConstructor || Boolean(flags & (ts.TypeFlags.Void | ts.TypeFlags.Never));
    return [
      ...missing,
      ...(isSilent ? [] : this.missingTag(name, symbol, 'returns')),
      ...(throwsItself(signature.declaration) ? this.missingTag(name, symbol, 'throws') : []),
    ];
  }

  private missingTag(name: string, symbol: ts.Symbol, tag: string): string[] {
    return this.hasTag(symbol, tag) ? [] : [`${name} has no @${tag}`];
  }

  private hasTag(symbol: ts.Symbol, tag: string): boolean {
    return this.tagsOf(symbol, tag).length > 0;
  }

  private tagsOf(symbol: ts.Symbol, name: string): { text: string }[] {
    const tags = symbol.getJsDocTags(this.checker).filter((tag) => tag.name === name);
    return tags.map(({ text }) => ({ text: ts.displayPartsToString(text) }));
  }
}

/** Whether something is declared in this package, and not passed on from another. */
function isOurs(symbol: ts.Symbol): boolean {
  return (symbol.declarations ?? []).some(
    (declaration) => !declaration.getSourceFile().fileName.includes('/node_modules/'),
  );
}

/** Whether a function has a `throw` of its own: of what it calls nothing is known. */
function throwsItself(declaration: ts.Node | undefined): boolean {
  const hasThrow = (node: ts.Node): boolean =>
    ts.isThrowStatement(node) ||
    (!ts.isFunctionLike(node) && (ts.forEachChild(node, hasThrow) ?? false));
  const body = declaration && 'body' in declaration ? (declaration.body as ts.Node) : undefined;
  return body !== undefined && hasThrow(body);
}

/** The members that a class or an interface declares itself, but for private ones. */
function membersOf(symbol: ts.Symbol): ts.Symbol[] {
  const members = [...(symbol.members?.values() ?? []), ...(symbol.exports?.values() ?? [])];
  return members.filter((member) => (member.declarations ?? []).some(isPublicMember));
}

function isPublicMember(declaration: ts.Declaration): boolean {
  if (ts.getCombinedModifierFlags(declaration) & ts.ModifierFlags.NonPublicAccessibilityModifier)
    return false;
  // Parameter properties are described where they are parameters.
  if (ts.isParameter(declaration)) return false;
  return ts.isClassElement(declaration) || ts.isTypeElement(declaration);
}
