import { resolve } from 'node:path';
import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { createEmulator, overridePropelAuth, type TestEmulator } from 'nestjs-propelauth/testing';
import { AppModule } from '../src/app.module.js';
import { setUpDocs } from '../src/docs.js';

const SEED = resolve('sample-app/propelauth.emulator.json');

/** The only organization of the seed. */
export const ACME_ID = 'acce0000-0000-4000-8000-000000000000';

/** The sample app while it runs. */
export interface SampleApp {
  readonly app: INestApplication;
  /** Its PropelAuth, with the users of `npm start`. */
  readonly emulator: TestEmulator;
  readonly url: string;
  close(): Promise<void>;
}

/** Starts the sample app as main.ts does, on a free port and without a PropelAuth of its own. */
export async function startSampleApp(): Promise<SampleApp> {
  const emulator = await createEmulator({ seed: SEED });
  const builder = Test.createTestingModule({ imports: [AppModule] });
  const moduleRef = await overridePropelAuth(builder, { emulator }).compile();
  const app = moduleRef.createNestApplication({ logger: false });
  setUpDocs(app);
  await app.listen(0, '127.0.0.1');
  return { app, emulator, url: await app.getUrl(), close: () => app.close() };
}

/** An access token of a user of the seed. */
export function accessTokenOf(user: string, { emulator }: SampleApp): Promise<string> {
  return emulator.issuer.accessToken(emulator.user(user));
}
