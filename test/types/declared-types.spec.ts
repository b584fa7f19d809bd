import { OrgMemberInfo as VendorOrgMemberInfo, UserClass } from '@propelauth/node-apis';
import { OrgMemberInfo, User } from 'nestjs-propelauth';
import { readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import ts from 'typescript';
import { createHost, readProject, type ParsedFiles } from '../support/compiler.js';
import { sampleOf } from '../support/thorough.js';

const APPLICATIONS = resolve('test/types');
const PACKAGE = resolve('node_modules/nestjs-propelauth');
const EMULATOR = resolve('node_modules/propelauth-emulator');

/** The package and the emulator as they are installed in an application, as far as the compiler looks at them: the declarations of both builds. */
function installPackages(): Map<string, string> {
  const files = install('emulator', EMULATOR, new Map());
  return new Map([...files, ...install('.', PACKAGE, files)]);
}

/** @param installed what it imports, and has to be installed before it */
function install(
  source: string,
  target: string,
  installed: ReadonlyMap<string, string>,
): Map<string, string> {
  const { options, fileNames } = readProject(join(source, 'tsconfig.build.json'));
  const settings = { ...options, emitDeclarationOnly: true, declarationDir: target };
  const files = new Map([
    [join(target, 'package.json'), readFileSync(join(source, 'package.json'), 'utf8')],
    [join(target, 'dist/cjs/package.json'), '{ "type": "commonjs" }'],
  ]);
  const program = ts.createProgram(fileNames, settings, createHost(settings, installed));
  program.emit(undefined, (file, text) => {
    const path = relative(target, file);
    files.set(join(target, 'dist', path), text).set(join(target, 'dist/cjs', path), text);
  });
  return files;
}

type ModuleFormat = 'module' | 'commonjs';

/** What the compiler says of an application in a folder here; nothing when all is well. */
function check(application: string, installed: Map<string, string>, type: ModuleFormat): string {
  const { options, fileNames } = readProject(`test/types/${application}/tsconfig.json`);
  // Without paths the package is found as applications find it: by its name, in its `exports`. The Nest CLI sets `declaration`.
  const settings =
    installed.size > 0
      ? {
          ...options,
          paths: {},
          skipLibCheck: false,
          declaration: true,
        }
      : options;
  const texts = new Map(installed).set(resolve('test/types/package.json'), `{ "type": "${type}" }`);
  const host = createHost(settings, texts, parsed);
  const program = ts.createProgram(fileNames, settings, host);
  // The sources are checked by `npm run typecheck`, and the declarations of other packages, beside ours, by test/compat.
  const checked = program.getSourceFiles().filter(({ fileName }) => isChecked(fileName));
  const diagnostics = [
    ...program.getOptionsDiagnostics(),
    ...program.getGlobalDiagnostics(),
    ...checked.flatMap((file) => ts.getPreEmitDiagnostics(program, file)),
  ];
  return ts.formatDiagnostics(ts.sortAndDeduplicateDiagnostics(diagnostics), host);
}

/** Whether a file is of the application, or of the package as it is installed. */
function isChecked(file: string): boolean {
  return file.startsWith(APPLICATIONS) || file.startsWith(PACKAGE);
}

let installed: Map<string, string> | undefined;
const parsed: ParsedFiles = new Map();

const FORMS: [string, () => Map<string, string>, ModuleFormat][] = [
  ['the sources', () => new Map(), 'module'],
  ['the ES modules', () => (installed ??= installPackages()), 'module'],
  ['the CommonJS build', () => (installed ??= installPackages()), 'commonjs'],
];

describe.each(sampleOf(FORMS))('The types in %s', (_which, filesOf, type) => {
  it.each([
    ['have the roles and permissions that an application declares', 'declared'],
    ['have any string as a role in an application that declares none', 'undeclared'],
    ['have no roles at all after a mistake in the declaration', 'mistaken'],
    ['distinguish webhook events by their type', 'events'],
    ['give repositories only the organization that the rules have checked', 'org-scope'],
    ['can be written into the declarations of an application', 'inferred'],
    ['let a rule of the application read only what it requires', 'rules'],
  ])('%s', (_promise, application) => {
    expect(check(application, filesOf(), type)).toBe('');
  });
});

describe('User and OrgMemberInfo', () => {
  it('are the classes of PropelAuth’s client', () => {
    expect(User).toBe(UserClass);
    expect(OrgMemberInfo).toBe(VendorOrgMemberInfo);
  });

  it('are the classes that Nest sees for decorated parameters', () => {
    const { outputText } = ts.transpileModule(
      `import { OrgMemberInfo, User, CurrentOrg, CurrentUser } from 'nestjs-propelauth';
       class Routes { show(@CurrentOrg() org: OrgMemberInfo, @CurrentUser() user: User) {} }`,
      { compilerOptions: readProject('tsconfig.json').options },
    );
    expect(outputText).toMatch(/design:paramtypes.*OrgMemberInfo.*User/s);
  });
});
