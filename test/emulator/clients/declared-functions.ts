import ts from 'typescript';

/** The files that say what each client can do, and the function that makes one. */
const CLIENTS = {
  '@propelauth/node-apis': {
    file: 'node_modules/@propelauth/node-apis/dist/index.d.ts',
    maker: 'getApis',
  },
  '@propelauth/node': {
    file: 'node_modules/@propelauth/node/dist/index.d.ts',
    maker: 'initBaseAuth',
  },
  '@propelauth/javascript': {
    file: 'node_modules/@propelauth/javascript/dist/types/index.d.ts',
    maker: 'createClient',
  },
};

export type Client = keyof typeof CLIENTS;

/** Which of the optional parameters and fields are sent. */
export type Extent = 'required' | 'all';

const program = ts.createProgram({
  rootNames: Object.values(CLIENTS).map(({ file }) => file),
  options: { strict: true, moduleResolution: ts.ModuleResolutionKind.Bundler, skipLibCheck: true },
});
const checker = program.getTypeChecker();

/** A function of a client, as its types declare it. */
export class DeclaredFunction {
  readonly #signature: ts.Signature;

  constructor(
    readonly name: string,
    type: ts.Type,
  ) {
    this.#signature = signatureOf(type);
  }

  /**
   * Arguments that fit its types.
   *
   * @param find the value of a parameter or field, by its name; `undefined` for any that fits
   */
  argumentsFor(extent: Extent, find: (name: string) => unknown): unknown[] {
    const parameters = this.#signature.parameters.filter(
      (parameter) => extent === 'all' || !isOptional(parameter),
    );
    return parameters.map((each) => fitting(each.name, typeOf(each), extent, find));
  }

  /** Where a result is not what the types declare. */
  mismatchesOf(result: unknown): string[] {
    const declared = this.#signature.getReturnType();
    const type = checker.getAwaitedType(declared) ?? declared;
    return type.flags & ts.TypeFlags.Void ? [] : mismatches(type, result, 'result');
  }
}

/** All functions of a client. */
export function functionsOf(client: Client): DeclaredFunction[] {
  const { file, maker } = CLIENTS[client];
  const source = program.getSourceFile(file);
  const module = source && checker.getSymbolAtLocation(source);
  const exported = module && checker.getExportsOfModule(module).find(({ name }) => name === maker);
  if (exported === undefined) throw new Error(`${file} does not export ${maker}()`);
  const made = signatureOf(typeOf(exported)).getReturnType();
  return made
    .getProperties()
    .map((property) => new DeclaredFunction(property.name, typeOf(property)));
}

function signatureOf(type: ts.Type): ts.Signature {
  const [signature] = type.getCallSignatures();
  if (signature === undefined) throw new Error(`${checker.typeToString(type)} is no function`);
  return signature;
}

function typeOf(symbol: ts.Symbol): ts.Type {
  return checker.getTypeOfSymbol(
    symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol,
  );
}

function isOptional(symbol: ts.Symbol): boolean {
  const { valueDeclaration: declaration } = symbol;
  return (
    (symbol.flags & ts.SymbolFlags.Optional) !== 0 ||
    (declaration !== undefined &&
      ts.isParameter(declaration) &&
      checker.isOptionalParameter(declaration))
  );
}

function fitting(
  name: string,
  declared: ts.Type,
  extent: Extent,
  find: (name: string) => unknown,
): unknown {
  const known = find(name);
  if (known !== undefined) return known;
  const type = checker.getNonNullableType(declared);
  if (type.flags & ts.TypeFlags.BooleanLike) return true;
  if (type.isUnion()) return fitting(name, type.types[0] as ts.Type, extent, find);
  if (type.isLiteral()) return type.value;
  if (type.flags & ts.TypeFlags.String) return 'text';
  if (type.flags & ts.TypeFlags.Number) return 1;
  if (type.getCallSignatures().length > 0) return () => {};
  if (type.symbol?.name === 'Date') return new Date();
  const element = checker.getIndexTypeOfType(type, ts.IndexKind.Number);
  if (element !== undefined) return [fitting(name, element, extent, find)];
  const fields = type
    .getProperties()
    .filter((field) => extent === 'all' || !isOptional(field))
    .map((field) => [field.name, fitting(field.name, typeOf(field), extent, find)] as const);
  return Object.fromEntries(fields);
}

function mismatches(type: ts.Type, value: unknown, place: string): string[] {
  if (type.isUnion()) {
    const found = type.types.map((each) => mismatches(each, value, place));
    return found.find(({ length }) => length === 0) ?? found.at(-1) ?? [];
  }
  const mismatch = [`${place} is ${JSON.stringify(value)}, not ${checker.typeToString(type)}`];
  if (type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) return [];
  if (type.flags & ts.TypeFlags.Null) return value === null ? [] : mismatch;
  if (type.flags & ts.TypeFlags.Undefined) return value === undefined ? [] : mismatch;
  if (type.isLiteral()) return value === type.value ? [] : mismatch;
  if (type.flags & ts.TypeFlags.BooleanLiteral) {
    return String(value) === checker.typeToString(type) ? [] : mismatch;
  }
  if (type.flags & ts.TypeFlags.String) return typeof value === 'string' ? [] : mismatch;
  if (type.flags & ts.TypeFlags.Number) return typeof value === 'number' ? [] : mismatch;
  if (type.getCallSignatures().length > 0) return typeof value === 'function' ? [] : mismatch;
  if (typeof value !== 'object' || value === null) return mismatch;
  const element = checker.getIndexTypeOfType(type, ts.IndexKind.Number);
  if (element !== undefined && checker.isArrayType(type)) {
    if (!Array.isArray(value)) return mismatch;
    return value.flatMap((each, index) => mismatches(element, each, `${place}[${index}]`));
  }
  const indexed = checker.getIndexTypeOfType(type, ts.IndexKind.String);
  const entries = indexed === undefined ? [] : Object.entries(value);
  return [
    ...entries.flatMap(([key, each]) => mismatches(indexed as ts.Type, each, `${place}.${key}`)),
    ...type.getProperties().flatMap((field) => {
      const each = (value as Record<string, unknown>)[field.name];
      if (each === undefined && isOptional(field)) return [];
      return mismatches(typeOf(field), each, `${place}.${field.name}`);
    }),
  ];
}
