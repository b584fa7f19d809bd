import { OrgMemberInfo as VendorOrgMemberInfo, UserClass } from '@propelauth/node-apis';
import { OrgMemberInfo, User } from 'nestjs-propelauth';
import { resolve } from 'node:path';
import ts from 'typescript';
import { createHost, readProject } from '../support/compiler.js';

/** The declarations as they are published, by the path that the package's `exports` give them. */
function emitDeclarations(): Map<string, string> {
  const { options, fileNames } = readProject('tsconfig.build.json');
  const settings = { ...options, emitDeclarationOnly: true, declarationDir: resolve('dist') };
  const declarations = new Map<string, string>();
  ts.createProgram(fileNames, settings).emit(undefined, (file, text) =>
    declarations.set(file, text),
  );
  return declarations;
}

/** What the compiler says of an application in a folder here; nothing when all is well. */
function check(application: string, declarations?: Map<string, string>): string {
  const { options, fileNames } = readProject(`test/types/${application}/tsconfig.json`);
  // Without paths the package finds itself as an application does: by its name, in its `exports`.
  const settings = declarations ? { ...options, paths: {}, skipLibCheck: false } : options;
  const host = createHost(settings, declarations ?? new Map());
  const program = ts.createProgram(fileNames, settings, host);
  return ts.formatDiagnostics(ts.getPreEmitDiagnostics(program), host);
}

describe.each([
  ['the sources', undefined],
  ['the published declarations', emitDeclarations()],
])('The types of roles and permissions in %s', (_which, declarations) => {
  it.each([
    ['are those that an application declares', 'declared'],
    ['are string in an application that declares none', 'undeclared'],
    ['are none at all after a mistake in the declaration', 'mistaken'],
  ])('%s', (_promise, application) => {
    expect(check(application, declarations)).toBe('');
  });
});

describe('User and OrgMemberInfo', () => {
  it('are the classes of PropelAuth’s client', () => {
    expect(User).toBe(UserClass);
    expect(OrgMemberInfo).toBe(VendorOrgMemberInfo);
  });

  it('are known to Nest as the classes of decorated parameters', () => {
    const { outputText } = ts.transpileModule(
      `import { OrgMemberInfo, User, CurrentOrg, CurrentUser } from 'nestjs-propelauth';
       class Routes { show(@CurrentOrg() org: OrgMemberInfo, @CurrentUser() user: User) {} }`,
      { compilerOptions: readProject('tsconfig.json').options },
    );
    expect(outputText).toMatch(/design:paramtypes.*OrgMemberInfo.*User/s);
  });
});
