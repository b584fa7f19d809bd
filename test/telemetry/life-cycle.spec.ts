import { metrics } from '@opentelemetry/api';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import supertest from 'supertest';
import { PropelAuthConfigurationError, PropelAuthModule, RequireUser } from 'nestjs-propelauth';
import { telemetry, type TelemetryOptions } from 'nestjs-propelauth/telemetry';
import { failureOf, startApplication, startDespiteFailure } from '../support/application.js';
import { registerCleanup } from '../support/clean-up.js';
import {
  issuer,
  request,
  startGuarded,
  type PropelAuthOptions,
} from '../support/guarded-application.js';
import { installCopy } from '../support/package-copy.js';
import { alice } from '../support/project.js';
import { routeUnder } from '../support/routes.js';
import { RecordingLogger } from '../support/recording-logger.js';
import { StateReport } from '../../lib/telemetry/state-report.js';
import { PACKAGE_NAME, PACKAGE_VERSION } from '../../lib/telemetry/meter.js';
import manifest from '../../package.json' with { type: 'json' };
import { RecordedMetrics } from './recorded-metrics.js';

type Main = typeof import('nestjs-propelauth');

function failToGetMeter(): never {
  throw new Error('broken meter provider');
}

@Injectable()
class FailingProvider implements OnApplicationBootstrap {
  onApplicationBootstrap(): void {
    throw new Error('no connection to the database');
  }
}

const metadata = { controllers: [routeUnder('me', RequireUser())] };
const propelAuth = () =>
  PropelAuthModule.forRoot({ ...issuer.moduleOptions, plugins: [telemetry()] });
const start = (options: Partial<PropelAuthOptions> = { plugins: [telemetry()] }) =>
  startGuarded(metadata, options);

describe('The plugin telemetry()', () => {
  it.each<[string, unknown, string]>([
    [
      'a boolean',
      true,
      'telemetry is not an object. Pass { spanAttributes } to telemetry(), or nothing.',
    ],
    ['null', null, 'telemetry is not an object.'],
    ['an array', [], 'telemetry is not an object.'],
    [
      'an unknown key',
      { spans: true },
      'telemetry.spans is not an option. Remove it or correct its spelling; telemetry takes spanAttributes.',
    ],
    [
      'spanAttributes that is a string',
      { spanAttributes: 'yes' },
      'telemetry.spanAttributes is not a boolean. Set it to true or false',
    ],
  ])('fails startup with %s', async (_what, options, message) => {
    const plugins = [telemetry(options as TelemetryOptions)];
    const failure = await failureOf(start({ plugins }));
    expect(failure).toBeInstanceOf(PropelAuthConfigurationError);
    expect((failure as Error).message).toContain(message);
  });

  it('fails startup without @opentelemetry/api, with the command that installs it', async () => {
    const load = installCopy({ missing: '@opentelemetry/api' });
    const copy = await load<Main>();
    const plugin = await load<typeof import('nestjs-propelauth/telemetry')>('telemetry');
    const startCopy = (options: Partial<PropelAuthOptions>) =>
      startApplication({
        imports: [copy.PropelAuthModule.forRoot({ ...issuer.moduleOptions, ...options })],
      });
    expect(await failureOf(startCopy({ plugins: [plugin.telemetry()] }))).toMatchObject({
      name: 'PropelAuthConfigurationError',
      message:
        'telemetry() needs the package @opentelemetry/api. Run npm install @opentelemetry/api.',
    });
    expect(await failureOf(startCopy({}))).toBeUndefined();
  });

  it.each<[string, PropelAuthOptions['plugins']]>([
    ['plugins is missing', undefined],
    ['plugins is empty', []],
    ['its factory returns false', [telemetry({ useFactory: () => false })]],
  ])('registers nothing when %s', async (_what, plugins) => {
    const recorded = RecordedMetrics.start();
    const getMeter = jest.spyOn(metrics.getMeterProvider(), 'getMeter');
    const { url } = await start({ plugins });
    await request(url, alice).get('/me').expect(200);
    await request(url).get('/me').expect(401);
    expect(getMeter).not.toHaveBeenCalled();
    expect([...(await recorded.read()).keys()]).toEqual([]);
  });

  it('names the meter after the package, with its version', async () => {
    RecordedMetrics.start();
    const getMeter = jest.spyOn(metrics.getMeterProvider(), 'getMeter');
    await start();
    expect([PACKAGE_NAME, PACKAGE_VERSION]).toEqual([manifest.name, manifest.version]);
    expect(getMeter).toHaveBeenCalledWith(PACKAGE_NAME, PACKAGE_VERSION);
  });
});

describe('Metrics', () => {
  it('reach a meter provider that is set after startup, from the first decision on', async () => {
    metrics.disable();
    const { url } = await start();
    await request(url).get('/me').expect(401);
    const recorded = RecordedMetrics.start();
    await request(url, alice).get('/me').expect(200);
    expect(await recorded.decisions()).toEqual({ 'allowed access-token http': 1 });
    expect(await recorded.cache('access-token')).toEqual({ entries: 1, hit: 0, miss: 1 });
  });

  it('of two applications in a process are added up, and those of a closed one are not reported', async () => {
    const recorded = RecordedMetrics.start();
    const one = await start();
    const other = await start();
    const authorization = await issuer.authorization(alice);
    for (const { url } of [one, other, other]) {
      await request(url).get('/me').set('Authorization', authorization).expect(200);
    }
    expect(await recorded.decisions()).toEqual({ 'allowed access-token http': 3 });
    expect(await recorded.cache('access-token')).toEqual({ entries: 2, hit: 1, miss: 2 });
    await one.close();
    expect(await recorded.cache('access-token')).toMatchObject({ entries: 1 });
    const caches = jest.spyOn(StateReport.prototype, 'caches');
    await other.close();
    await recorded.read();
    expect(caches).not.toHaveBeenCalled();
  });

  it('of an application that fails to start are not reported', async () => {
    const recorded = RecordedMetrics.start();
    const caches = jest.spyOn(StateReport.prototype, 'caches');
    await startDespiteFailure({ imports: [propelAuth()], providers: [FailingProvider] });
    await recorded.read();
    expect(caches).not.toHaveBeenCalled();
  });

  it('of an application that does not listen are reported from the first decision on', async () => {
    const recorded = RecordedMetrics.start();
    const module = Test.createTestingModule({ imports: [propelAuth()], ...metadata });
    const app = (await module.compile()).createNestApplication({ logger: false });
    registerCleanup(() => app.close());
    await app.init();
    const authorization = await issuer.authorization(alice);
    await supertest(app.getHttpServer()).get('/me').set('Authorization', authorization).expect(200);
    expect(await recorded.cache('access-token')).toEqual({ entries: 1, hit: 0, miss: 1 });
  });

  it('cause a log line if they fail, and change no response', async () => {
    const logger = new RecordingLogger();
    metrics.disable();
    metrics.setGlobalMeterProvider({ getMeter: failToGetMeter });
    const { url } = await startGuarded(metadata, { plugins: [telemetry()] }, (app) =>
      app.useLogger(logger),
    );
    await request(url, alice).get('/me').expect(200);
    await request(url).get('/me').expect(401);
    metrics.disable();
    expect(logger.of('error').join()).toContain('telemetry failed: broken meter provider');
  });
});
