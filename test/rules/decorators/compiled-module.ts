import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { transformSync } from '@swc/core';
import ts from 'typescript';
import { readProject } from '../../support/compiler.js';

/** What a module exports. */
export type Exports = Record<string, unknown>;

/** A source file as the TypeScript compiler makes it CommonJS, with all types known (swc looks at one file alone). */
export function compileWithTsc(path: string): string {
  const { options } = readProject('tsconfig.json');
  let code = '';
  const program = ts.createProgram([path], {
    ...options,
    module: ts.ModuleKind.CommonJS,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    isolatedModules: false,
    noEmit: false,
  });
  program.emit(program.getSourceFile(path), (_name, text) => void (code = text));
  return code;
}

/** The same, looking at one file alone. */
function transpile(path: string): string {
  const compilerOptions = {
    ...readProject('tsconfig.json').options,
    module: ts.ModuleKind.CommonJS,
  };
  return ts.transpileModule(readFileSync(path, 'utf8'), { compilerOptions }).outputText;
}

/** The same as swc makes it. */
export function compileWithSwc(path: string): string {
  return transformSync(readFileSync(path, 'utf8'), {
    swcrc: false,
    jsc: {
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true },
      target: 'es2022',
    },
    module: { type: 'commonjs' },
  }).code;
}

/** Runs a CommonJS module in the realm of the test, as if it were imported. */
function runCommonJs(
  code: string,
  module: { exports: Exports },
  require: (name: string) => unknown,
  reflect = Reflect,
): void {
  // oxlint-disable-next-line no-new-func, typescript/no-implied-eval -- node:vm would run it in the realm of Node.js, beside that of the test
  const run = new Function('module', 'exports', 'require', 'Reflect', code);
  run(module, module.exports, require, reflect);
}

/** What a CommonJS module exports that imports these. */
export function load(code: string, imports: Record<string, Exports>, reflect = Reflect): Exports {
  const module = { exports: {} };
  runCommonJs(code, module, (name) => imports[name], reflect);
  return module.exports;
}

/** The same, with the types of parameters emitted after all decorators have run. */
export function loadWithLateTypes(code: string, imports: Record<string, Exports>): Exports {
  const emissions: (() => void)[] = [];
  const metadata: typeof Reflect.metadata = (key, value) => (target: object, name?: unknown) =>
    void emissions.push(() => Reflect.defineMetadata(key, value, target, name as string));
  const exports = load(code, imports, Object.assign(Object.create(Reflect), { metadata }));
  for (const emit of emissions) emit();
  return exports;
}

/**
 * Loads TypeScript files as an application in CommonJS does: each once, and where they import each other, what was exported so far.
 *
 * @param imports what they import that is not a file of theirs
 */
export function loadEntry(
  path: string,
  imports: Record<string, Exports>,
  loaded = new Map<string, { exports: Exports }>(),
): Exports {
  const present = loaded.get(path);
  if (present !== undefined) return present.exports;
  const module = { exports: {} };
  loaded.set(path, module);
  runCommonJs(transpile(path), module, (name) =>
    name.startsWith('.')
      ? loadEntry(join(dirname(path), name.replace(/\.js$/, '.ts')), imports, loaded)
      : imports[name],
  );
  return module.exports;
}
