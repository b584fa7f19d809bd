import type { Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { PropelAuthModule, RequireUser } from 'nestjs-propelauth';
import { createEmulator, expectAccess, overridePropelAuth } from 'nestjs-propelauth/testing';
import { routeUnder } from '../../support/routes.js';

const me = routeUnder('me', RequireUser());
const open = routeUnder('metrics');

async function start(controller: Type = me) {
  const emulator = await createEmulator();
  const imports = [PropelAuthModule.forRoot(emulator.issuer.moduleOptions)];
  const builder = Test.createTestingModule({ imports, controllers: [controller] });
  const moduleRef = await overridePropelAuth(builder, { emulator }).compile();
  return moduleRef.createNestApplication({ logger: false }).init();
}

describe('A test that forgets to await toHold()', () => {
  it('fails when the application is closed', async () => {
    const config = 'test/testing/access-matrix/forgotten-await.jest.config.mjs';
    const jest = ['node_modules/jest/bin/jest.js', '--config', config];
    const run = promisify(execFile)(process.execPath, jest);
    const { stderr } = await run.then(
      () => ({ stderr: 'The tests passed.' }),
      (error: { stderr: string }) => error,
    );
    expect(stderr).toContain('Tests:       2 failed, 2 total');
    expect(stderr).toMatch(/● .*\n\n +toHold\(\) was not awaited/u);
    expect(stderr).toContain('except lists "GET /unknown"');
  });
});

describe('A test that awaits toHold()', () => {
  it.each<[string, (result: Promise<unknown>) => unknown]>([
    ['with await', async (result) => void (await result)],
    ['with then()', (result) => result.then(() => undefined)],
    ['with resolves', (result) => expect(result).resolves.toBeDefined()],
    ['together with others', (result) => Promise.all([result, Promise.resolve()])],
  ])('can close the application: %s', async (_how, wait) => {
    const app = await start();
    await wait(expectAccess(app).toHold());
    await expect(app.close()).resolves.toBeUndefined();
  });

  it('can close the application after a finding', async () => {
    const app = await start(open);
    await expect(expectAccess(app).toHold()).rejects.toThrow('is open');
    await expect(app.close()).resolves.toBeUndefined();
  });
});
