import { createHash } from 'node:crypto';
import { DOCS } from './manual-set-up.error.js';
import type { Project } from './project.js';

/** What the Nest CLI writes to test/app.e2e-spec.ts, by hash: until 11.0, and since 11.1. */
const CLI_TESTS = [
  '433106441ade92730d8c134c53e2b70044cde1931c5a4add460cf030e54263c0',
  'c875e581ca1c51e3c2c99108c599d6f015c6ab9320aed9a23eb7bbcd3f5c8969',
];

/** Lets the test of the Nest CLI start without PropelAuth. Returns what the user does with other tests, if any. */
export function editTests(project: Project): string | null {
  const { files, appModule } = project;
  const tests = [...files.list(files.sourceRoot), ...files.list(files.inTests(''))]
    .filter((path) => /[.-](?:spec|test)\.ts$/.test(path))
    .filter((path) => new RegExp(`\\b${appModule.name}\\b`).test(files.read(path)))
    .filter((path) => files.read(path).includes('Test.createTestingModule('));
  const others = tests.filter((path) => !isOfNestCli(files.read(path)));
  for (const path of tests.filter((test) => !others.includes(test))) {
    files.overwrite(path, withEmulator(files.read(path)));
  }
  if (others.length === 0) return null;
  return `These tests start ${appModule.name} without PropelAuth: ${others.join(', ')}. Put overridePropelAuth() around their Test.createTestingModule(), as ${DOCS}/testing shows.`;
}

/** Whether the text is exactly that of the Nest CLI, which differs in its imports for ES modules and before 11.0.9. */
function isOfNestCli(text: string): boolean {
  const test = text.replaceAll(".js';", "';").replace('* as request', 'request');
  return CLI_TESTS.includes(createHash('sha256').update(test).digest('hex'));
}

function withEmulator(text: string): string {
  const testing = "import { createEmulator, overridePropelAuth } from 'nestjs-propelauth/testing';";
  const start = `overridePropelAuth(
      Test.createTestingModule({
        imports: [AppModule],
      }),
      { emulator: await createEmulator() },
    )`;
  return text
    .replace(/^import \{ AppModule \} /m, `${testing}\n$&`)
    .replace(/Test\.createTestingModule\([^]*?\}\)/, start);
}
