/*
 * Compares the declarations of each entry point with its report in api/, so that the public API cannot change unnoticed:
 * npm run api. With --update it writes the reports, for a change that is meant: npm run api:update.
 *
 * API Extractor writes either what is exported, without the types behind it, or with all that a private constructor leads to. Of the latter
 * a report keeps the types that types-behind.mjs lists, which lists all that the documented API names.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { CompilerState, Extractor, ExtractorConfig } from '@microsoft/api-extractor';
import ts from 'typescript';
import { compiledPath, entryPoints } from './entry-points.mjs';
import { TYPES_BEHIND } from './types-behind.mjs';

const root = resolve(import.meta.dirname, '..');
const folder = join(root, 'api');
const temporary = mkdtempSync(join(tmpdir(), 'api-report-'));
// The reasons for rejections are the names in their table.
const behind = new Set([...TYPES_BEHIND, 'REJECTIONS']);

/** `index.js` is that of the package itself, `mcp/index.js` that of `nestjs-propelauth/mcp`. */
function reportNameOf(entryPoint) {
  const name = dirname(entryPoint);
  return `${name === '.' ? 'nestjs-propelauth' : name}.api.md`;
}

function configOf(entryPoint) {
  const declarations = join(root, compiledPath(entryPoint).replace(/\.js$/, '.d.ts'));
  if (!existsSync(declarations)) throw new Error('build/ is missing. Run npm run build first.');
  const silent = { default: { logLevel: 'none' } };
  return ExtractorConfig.prepare({
    packageJsonFullPath: join(root, 'package.json'),
    configObject: {
      projectFolder: root,
      mainEntryPointFilePath: declarations,
      newlineKind: 'lf',
      compiler: { tsconfigFilePath: join(root, 'tsconfig.build.json') },
      apiReport: {
        enabled: true,
        reportFileName: reportNameOf(entryPoint),
        reportFolder: temporary,
        reportTempFolder: join(temporary, 'temp'),
        includeForgottenExports: true,
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: { extractorMessageReporting: silent, tsdocMessageReporting: silent },
    },
  });
}

/** The report of an entry point, as it should be in api/. */
function makeReport(config, compilerState) {
  Extractor.invoke(config, { compilerState, localBuild: true, messageCallback: silence });
  const text = readFileSync(config.reportFilePath, 'utf8');
  const [, before, code, after] = /^(.*?```ts\n)(.*)(\n```\n*)$/s.exec(text);
  return `${before}\n${publicPartOf(code)}\n${after.trim()}\n`;
}

/** API Extractor says that its report is new, and with which compiler. */
function silence(message) {
  if (message.logLevel !== 'error') message.handled = true;
}

function publicPartOf(code) {
  const { statements } = ts.createSourceFile('report.ts', code, ts.ScriptTarget.Latest, true);
  const declarations = statements
    .filter((statement) => !ts.isImportDeclaration(statement) && isPublic(statement))
    .map((statement) => statement.getFullText().trim());
  const used = new Set(declarations.join('\n').match(/[\w$]+/g));
  const imports = statements
    .filter((statement) => ts.isImportDeclaration(statement) && namesOf(statement).some(isUsed))
    .map((statement) => statement.getText());
  return `${imports.join('\n')}\n\n${declarations.join('\n\n')}\n`;

  function isUsed(name) {
    return used.has(name);
  }
}

function isPublic(statement) {
  if (ts.isExportDeclaration(statement)) return true;
  const isExported = statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
  return isExported || namesOf(statement).some((name) => behind.has(name.replace(/_\d+$/, '')));
}

/** The names that a statement declares. */
function namesOf(statement) {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.map(({ name }) => name.getText());
  }
  if (!ts.isImportDeclaration(statement)) return [statement.name?.getText() ?? ''];
  const { name, namedBindings } = statement.importClause ?? {};
  const bound = namedBindings?.elements ?? [namedBindings].filter(Boolean);
  return [name, ...bound.map((each) => each.name)].filter(Boolean).map((each) => each.getText());
}

/** The lines that only one of two reports has, each with its sign. */
function differencesOf(before, after) {
  const [old, current] = [before, after].map((text) => text.split('\n'));
  return [
    ...old.filter((line) => !current.includes(line)).map((line) => `- ${line}`),
    ...current.filter((line) => !old.includes(line)).map((line) => `+ ${line}`),
  ].join('\n');
}

function makeReports() {
  const configs = entryPoints.map(configOf);
  const compilerState = CompilerState.create(configs[0], {
    additionalEntryPoints: configs.slice(1).map((config) => config.mainEntryPointFilePath),
  });
  return new Map(
    configs.map((config, index) => [
      reportNameOf(entryPoints[index]),
      makeReport(config, compilerState),
    ]),
  );
}

function readReports() {
  const files = existsSync(folder) ? readdirSync(folder) : [];
  return new Map(files.map((file) => [file, readFileSync(join(folder, file), 'utf8')]));
}

function update(reports) {
  for (const [file, text] of reports) writeFileSync(join(folder, file), text);
  for (const file of readReports().keys()) {
    if (!reports.has(file)) rmSync(join(folder, file));
  }
}

function compare(reports) {
  const known = readReports();
  const changed = [...new Set([...known.keys(), ...reports.keys()])].filter(
    (file) => known.get(file) !== reports.get(file),
  );
  for (const file of changed) {
    console.log(`api/${file}\n${differencesOf(known.get(file) ?? '', reports.get(file) ?? '')}\n`);
  }
  if (changed.length === 0) return;
  console.log('The public API has changed. If that is meant, run npm run api:update.');
  process.exitCode = 1;
}

try {
  if (process.argv.includes('--update')) update(makeReports());
  else compare(makeReports());
} finally {
  rmSync(temporary, { recursive: true });
}
