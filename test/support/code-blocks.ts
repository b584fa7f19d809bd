import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import ts from 'typescript';
import { createHost, messagesOf, readProject } from './compiler.js';

/** A fenced block of a Markdown file. */
export interface CodeBlock {
  /** Where it stands: file and line, with a colon between; blocks of one file can see each other. */
  readonly name: string;
  /** The chapter that it is in, by number; those of one chapter are of one application. */
  readonly chapter?: number;
  /** Its label in a code group, which shows the same for several applications: `Express`. */
  readonly label?: string;
  readonly language: string;
  readonly code: string;
}

/** The fenced code blocks of a Markdown file, in order. */
export function readCodeBlocks(path: string): CodeBlock[] {
  const text = readFileSync(path, 'utf8');
  return [...text.matchAll(/^```(\w*)(?: \[(.+?)\])?\n(.*?)^```$/gms)].map((match) => {
    const [, language = '', label, code = ''] = match;
    const before = text.slice(0, match.index);
    return {
      name: `${path}:${before.split('\n').length}`,
      chapter: before.split('\n## ').length,
      label,
      language,
      code,
    };
  });
}

/** The file that a block says it is, in a comment on its first line: `// src/app.module.ts`. */
export function fileNameOf({ code }: CodeBlock): string | undefined {
  return /^(?:\/\/|--) (\S+\.(?:tsx?|sql))\n/.exec(code)?.[1];
}

/** Pages that show files of tested applications as those of `src/`, and the folders of the files. test/docs/example-excerpts.spec.ts compares them. */
export const EXCERPTED_FOLDERS: Readonly<Record<string, readonly string[]>> = {
  'docs/b2b-application.md': ['examples/saas'],
  'docs/cookies.md': ['test/applications/pages'],
  'docs/migrate.md': ['test/applications'],
  'docs/nextjs.md': ['examples/saas'],
  'docs/organizations.md': ['test/applications/reports'],
  'docs/own-callers.md': ['test/applications/collections', 'test/applications/portfolio'],
};

function excerptedFoldersOf({ name }: CodeBlock): readonly string[] {
  return EXCERPTED_FOLDERS[name.split(':')[0] as string] ?? [];
}

/** The file of a tested application of which a block is a part; `undefined` for other blocks. */
export function excerptedFileOf(block: CodeBlock): string | undefined {
  const file = fileNameOf(block)?.replace(/^src\//, '');
  return excerptedFoldersOf(block)
    .map((folder) => join(folder, file ?? ''))
    .find((path) => file !== undefined && existsSync(path));
}

/** Whether a block is part of a file of a tested application. */
export function isExcerpt(block: CodeBlock): boolean {
  return excerptedFileOf(block) !== undefined;
}

/** Whether a block is a file of the package itself, and not of an application. */
function isOfPackage(block: CodeBlock): boolean {
  return fileNameOf(block)?.startsWith('lib/') === true;
}

/** Of each chapter its own: files of one name in two of them, or in two documents, are not the same. */
function folderOf({ name, chapter }: CodeBlock): string {
  const [document = ''] = name.split(':');
  return `${document.replaceAll(/\W/g, '-')}-${chapter ?? 0}`;
}

/** A folder for each label that a chapter has in its code groups. What has no label is part of each of them. */
function foldersOf(block: CodeBlock, blocks: readonly CodeBlock[]): string[] {
  const folder = folderOf(block);
  const neighbors = blocks.filter((other) => folderOf(other) === folder);
  const labels = new Set(neighbors.flatMap(({ label }) => label ?? []));
  if (labels.size === 0) return [folder];
  return (block.label === undefined ? [...labels] : [block.label]).map(
    (label) => `${folder}-${label.replaceAll(/\W/g, '-')}`,
  );
}

/** What the examples of comments may name without an import, by module. */
const AMBIENT_MODULES = [
  'nestjs-propelauth',
  'nestjs-propelauth/mcp',
  'nestjs-propelauth/cls',
  'nestjs-propelauth/live-access',
  'nestjs-propelauth/redis',
  'nestjs-propelauth/swagger',
  'nestjs-propelauth/telemetry',
  'nestjs-propelauth/testing',
  'propelauth-emulator',
  '@nestjs/common',
  '@nestjs/core',
  '@nestjs/config',
  '@nestjs/swagger',
  '@nestjs/testing',
  '@nestjs/terminus',
  '@nestjs/graphql',
  '@nestjs/websockets',
  '@nestjs/microservices',
  'redis',
  'nestjs-cls',
];

/** Files of the application that the Nest CLI and `nest add` make. A block may import them; a block of the same name replaces them. */
const NEW_APPLICATION: Readonly<Record<string, string>> = {
  'src/app.service.ts': `import { Injectable } from '@nestjs/common';
    @Injectable() export class AppService { getHello(): string { return 'Hello World!'; } }`,
  'src/app.controller.ts': `import { Controller } from '@nestjs/common';
    @Controller() export class AppController {}`,
  'src/app.module.ts': `import { Module } from '@nestjs/common';
    import { AppController } from './app.controller.js';
    import { AppService } from './app.service.js';
    @Module({ controllers: [AppController], providers: [AppService] }) export class AppModule {}`,
};

/** Pages that continue the application of another one. Their blocks may import its files. */
const CONTINUED_PAGES: Readonly<Record<string, string>> = {
  'docs/testing-mcp.md': 'docs/mcp.md',
};

/**
 * Compiles TypeScript blocks as strictly as the package itself, all in one go. Blocks of a chapter that name their file see
 * each other, and those of a new application. A chapter that adds to a module is compiled by itself: what it declares would hold for all.
 *
 * @returns the compiler's complaints, by name of the block; empty when there are none
 */
export function compile(blocks: readonly CodeBlock[]): Record<string, string[]> {
  const augmented = new Set(blocks.filter(isAugmentation).map(folderOf));
  const others = blocks.filter((block) => !augmented.has(folderOf(block)));
  const programs = [
    others,
    ...[...augmented].map((folder) => blocks.filter((block) => folderOf(block) === folder)),
  ];
  return Object.assign({}, ...programs.map(compileTogether)) as Record<string, string[]>;
}

/** Compiles the examples of comments, which leave out their imports: each gets those that it needs. */
export function compileExamples(examples: readonly CodeBlock[]): Record<string, string[]> {
  const exports = readExports(readCompilerOptions());
  return compile(examples.map((block) => ({ ...block, code: withImports(block.code, exports) })));
}

function isAugmentation({ code }: CodeBlock): boolean {
  return /^declare module /m.test(code);
}

/** What is shown is often not used any further. The Nest CLI sets `declaration`. */
const OPTIONS_OF_BLOCKS = { noUnusedLocals: false, noUnusedParameters: false, declaration: true };

function readCompilerOptions(): ts.CompilerOptions {
  return { ...readProject('tsconfig.json').options, noEmit: true, ...OPTIONS_OF_BLOCKS };
}

function compileTogether(blocks: readonly CodeBlock[]): Record<string, string[]> {
  const root = resolve('test/docs/blocks');
  const options = readCompilerOptions();
  const files = new Map(
    blocks.flatMap((block, index) =>
      foldersOf(block, blocks).map((folder): [string, CodeBlock] => [
        isOfPackage(block)
          ? resolve(fileNameOf(block) as string)
          : join(root, folder, fileNameOf(block) ?? `block-${index}.ts`),
        block,
      ]),
    ),
  );
  const texts = new Map([
    ...blocks.flatMap((block) =>
      foldersOf(block, blocks).flatMap((folder) => [
        ...newApplicationIn(join(root, folder)),
        ...continuedFiles(block, join(root, folder)),
        ...excerptedFilesIn(join(root, folder), block),
      ]),
    ),
    ...[...files].map(([file, { code }]): [string, string] => [file, code]),
  ]);
  const roots = [...files.keys(), resolve('test/docs/modules-of-pages.d.ts')];
  const program = ts.createProgram(roots, options, createHost(options, texts));
  const complaints: Record<string, string[]> = {};
  for (const [file, block] of files) {
    const found = ts.getPreEmitDiagnostics(program, program.getSourceFile(file));
    if (found.length === 0) continue;
    complaints[block.name] = messagesOf(found);
  }
  return complaints;
}

function newApplicationIn(folder: string): [string, string][] {
  return Object.entries(NEW_APPLICATION).map(([file, text]) => [join(folder, file), text]);
}

function continuedFiles({ name }: CodeBlock, folder: string): [string, string][] {
  const continued = CONTINUED_PAGES[name.split(':')[0] ?? ''];
  if (continued === undefined) return [];
  return readCodeBlocks(continued).flatMap((block): [string, string][] => {
    const file = fileNameOf(block);
    return file === undefined ? [] : [[join(folder, file), block.code]];
  });
}

/** The files of the applications of which the page of a block shows some. Its other blocks may import them. */
function excerptedFilesIn(folder: string, block: CodeBlock): [string, string][] {
  return excerptedFoldersOf(block).flatMap((source) =>
    readdirSync(source)
      .filter((file) => file.endsWith('.ts'))
      .map((file): [string, string] => [
        join(folder, 'src', file),
        readFileSync(join(source, file), 'utf8'),
      ]),
  );
}

/** The names that each ambient module exports, as they are imported. */
function readExports(options: ts.CompilerOptions): Map<string, string[]> {
  const file = resolve('test/docs/exports.ts');
  const text = AMBIENT_MODULES.map((name, index) => `import * as m${index} from '${name}';`);
  const host = createHost(options, new Map([[file, text.join('\n')]]));
  const program = ts.createProgram([file], options, host);
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file) as ts.SourceFile;
  return new Map(
    source.statements.map((statement, index) => {
      const specifier = (statement as ts.ImportDeclaration).moduleSpecifier;
      const symbol = checker.getSymbolAtLocation(specifier) as ts.Symbol;
      return [
        AMBIENT_MODULES[index] as string,
        checker.getExportsOfModule(symbol).map((exported) => importOf(exported, checker)),
      ];
    }),
  );
}

/** How a name is imported: a type as such, since decorated signatures take no other import of it. */
function importOf(exported: ts.Symbol, checker: ts.TypeChecker): string {
  const isAlias = (exported.flags & ts.SymbolFlags.Alias) !== 0;
  const { flags } = isAlias ? checker.getAliasedSymbol(exported) : exported;
  return (flags & ts.SymbolFlags.Value) !== 0 ? exported.name : `type ${exported.name}`;
}

function withImports(code: string, exports: Map<string, string[]>): string {
  if (/^import /m.test(code)) return code;
  const wanted = new Set(code.match(/\b[A-Za-z]\w*\b/g));
  const declared = new Set(
    [...code.matchAll(/\b(?:class|function|const|interface) (\w+)/g)].map(([, name]) => name),
  );
  const imports = [...exports].map(([module, names]) => {
    const used = names.filter((name) => {
      const bare = name.replace('type ', '');
      return wanted.delete(bare) && !declared.has(bare);
    });
    return used.length > 0 ? `import { ${used.join(', ')} } from '${module}';` : '';
  });
  return `${imports.join(' ')} ${code}\nexport {};`;
}
