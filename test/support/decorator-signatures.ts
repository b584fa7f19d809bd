import ts from 'typescript';
import { createHost, readProject } from './compiler.js';
import { readEntryPoints } from './public-names.js';

/** What a decorator takes: its parameters, and the options of the last one. */
export interface DecoratorSignature {
  readonly name: string;
  /** Where it is imported from. */
  readonly module: string;
  /** Without `options`. */
  readonly parameters: readonly string[];
  readonly options: readonly string[];
}

/** Every decorator that the package exports: a function with the name of a class. */
export function readDecorators(): DecoratorSignature[] {
  const { options } = readProject('tsconfig.json');
  const entryPoints = readEntryPoints();
  const program = ts.createProgram(
    [...entryPoints.values()],
    options,
    createHost(options, new Map()),
  );
  const checker = program.getTypeChecker();
  const signatures = [...entryPoints].flatMap(([module, file]) => {
    const source = program.getSourceFile(file) as ts.SourceFile;
    const exported = checker.getExportsOfModule(checker.getSymbolAtLocation(source) as ts.Symbol);
    return exported.flatMap((symbol) => signatureOf(symbol, module, checker));
  });
  // A decorator that two modules export belongs to the first, which every application has.
  return [...new Map(signatures.toReversed().map((one) => [one.name, one])).values()].toReversed();
}

function signatureOf(
  exported: ts.Symbol,
  module: string,
  checker: ts.TypeChecker,
): DecoratorSignature[] {
  const isAlias = (exported.flags & ts.SymbolFlags.Alias) !== 0;
  const symbol = isAlias ? checker.getAliasedSymbol(exported) : exported;
  const isValue = (symbol.flags & (ts.SymbolFlags.Function | ts.SymbolFlags.Variable)) !== 0;
  const [signature] = isValue ? checker.getTypeOfSymbol(symbol).getCallSignatures() : [];
  if (signature === undefined || !/^[A-Z]/.test(symbol.name)) return [];
  const names = signature.parameters.map(({ name }) => name);
  const last = signature.parameters.find(({ name }) => name === 'options');
  return [
    {
      name: symbol.name,
      module,
      parameters: names.filter((name) => name !== 'options'),
      options: last === undefined ? [] : propertiesOf(checker.getTypeOfSymbol(last), checker),
    },
  ];
}

function propertiesOf(type: ts.Type, checker: ts.TypeChecker): string[] {
  return checker
    .getPropertiesOfType(checker.getNonNullableType(type))
    .map(({ name }) => name)
    .toSorted();
}
