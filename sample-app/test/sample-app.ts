import type { AddressInfo } from 'node:net';
import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { overridePropelAuth, type TestIssuer } from 'nestjs-propelauth/testing';
import request from 'supertest';
import { AppModule } from '../src/app.module.js';
import type { Configuration } from '../src/configuration/configuration.js';
import { readConfiguration } from '../src/configuration/read-configuration.js';
import { openApplication, startApplication } from '../src/start-application.js';

/** The configuration of `npm start`. */
export const LOCAL = readConfiguration({ LOCAL_SECRET: 'the-secret-of-the-tests' }, [
  '--local-issuer',
]);

/** The query parameter that the pages of the local issuer need. */
export const WITH_SECRET = 'local_secret=the-secret-of-the-tests';

/** The sample app while it runs. */
export interface SampleApp {
  readonly app: INestApplication;
  readonly address: AddressInfo;
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Starts the sample app as main.ts does, only on a free port. Its issuer keeps the name that the
 * configuration gives it.
 */
export async function startSampleApp(configuration: Configuration): Promise<SampleApp> {
  return running(await startApplication({ ...configuration, port: 0 }, { logger: false }));
}

/** The same with an issuer instead of the PropelAuth project of the configuration. */
export async function startSampleAppWith(
  issuer: TestIssuer,
  configuration: Configuration,
): Promise<SampleApp> {
  const builder = Test.createTestingModule({ imports: [AppModule.forRoot(configuration)] });
  const moduleRef = await overridePropelAuth(builder, { issuer }).compile();
  const app = moduleRef.createNestApplication({ logger: false });
  await openApplication(app, { ...configuration, port: 0 });
  return running(app);
}

function running(app: INestApplication): SampleApp {
  const address = app.getHttpServer().address() as AddressInfo;
  return {
    app,
    address,
    url: `http://127.0.0.1:${address.port}`,
    close: () => app.close(),
  };
}

/** The access token that the local issuer returns for a user. */
export async function accessTokenOf(user: string, { url }: SampleApp): Promise<string> {
  const { body } = await request(url)
    .get(`/api/v1/refresh_token?${WITH_SECRET}`)
    .query({ user })
    .expect(200);
  return (body as { access_token: string }).access_token;
}
