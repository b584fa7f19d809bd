import type { AddedClass } from './added-classes.js';
import { DOCS } from './manual-set-up.error.js';
import { packagesOf } from './package-json.js';
import { importPath } from './project.js';
import type { Project } from './project.js';

/** Adds the test of a class to the end-to-end tests. Returns what the user does next. */
export function addTest(project: Project, added: AddedClass): string {
  const { files, packageJson, appModule } = project;
  const path = files.inTests(`${added.testName}.e2e-spec.ts`);
  const packages = packagesOf(packageJson);
  const needed = ['@nestjs/testing', '@nestjs/platform-express', 'supertest'];
  const canRun = packageJson.scripts?.['test:e2e'] && needed.every((name) => name in packages);
  if (!canRun || files.exists(path)) {
    return `Write a test of ${added.route}, as ${DOCS}/testing shows. None was added, because ${path} exists, or the script test:e2e or one of ${needed.join(', ')} is missing.`;
  }
  // In projects of the Nest CLI before 11.0.9, only this form works.
  const isOld = files.read(files.inTests('app.e2e-spec.ts')).includes('import * as request');
  const vitest = "import { afterAll, beforeAll, describe, it } from 'vitest';\n";
  files.create(
    path,
    `import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  createEmulator,
  overridePropelAuth,
  type TestEmulator,
} from 'nestjs-propelauth/testing';
import ${isOld ? '* as ' : ''}request from 'supertest';
import type { App } from 'supertest/types${project.extension}';
${'vitest' in packages ? vitest : ''}import { ${appModule.name} } from '${importPath(path, appModule.path, project)}';

describe('${added.route}', () => {
  let emulator: TestEmulator;
  let app: INestApplication<App>;

  beforeAll(async () => {
    emulator = await createEmulator();
    const builder = Test.createTestingModule({ imports: [${appModule.name}] });
    const moduleRef = await overridePropelAuth(builder, { emulator }).compile();
    app = moduleRef.createNestApplication();
    await app.init();
  });

  afterAll(() => app.close());

${added.testCases}
});
`,
  );
  return `Run the test of ${added.route}: npm run test:e2e`;
}
