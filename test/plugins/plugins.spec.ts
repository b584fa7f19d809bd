import { Controller, Get, Injectable, Module, Scope, type DynamicModule } from '@nestjs/common';
import { inspect } from 'node:util';
import {
  PropelAuthConfigurationError,
  PropelAuthModule,
  RequireUser,
  type PropelAuthPlugin,
} from 'nestjs-propelauth';
import { liveAccess } from 'nestjs-propelauth/live-access';
import { telemetry, type TelemetryOptions } from 'nestjs-propelauth/telemetry';
import type { CurrentAccess } from '../../lib/plugins/current-access.js';
import type { Hooks } from '../../lib/plugins/hooks.js';
import { createPlugin } from '../../lib/plugins/plugin.js';
import { failureOf, startApplication } from '../support/application.js';
import { issuer, request } from '../support/guarded-application.js';
import { installCopy } from '../support/package-copy.js';
import { alice } from '../support/project.js';
import { RecordedMetrics } from '../telemetry/recorded-metrics.js';

@Controller()
class ReportsController {
  @Get('me')
  @RequireUser()
  me() {}
}

@Injectable()
class Configuration {
  readonly telemetry: TelemetryOptions | false = {};
}

@Injectable()
class Off extends Configuration {
  override readonly telemetry = false;
}

@Injectable({ scope: Scope.REQUEST })
class ScopedConfiguration extends Configuration {}

@Module({
  providers: [Configuration, Off, ScopedConfiguration],
  exports: [Configuration, Off, ScopedConfiguration],
})
class ConfigurationModule {}

/** `telemetry()` with options from a provider, which arrive later. */
function configuredBy(provider: typeof Configuration): PropelAuthPlugin {
  return telemetry({
    imports: [ConfigurationModule],
    inject: [provider],
    useFactory: (configuration: Configuration) => Promise.resolve(configuration.telemetry),
  });
}

/** A plugin of this repository, as another might be. */
function pluginWith(hooks: Hooks): PropelAuthPlugin {
  const providers = [{ provide: 'HOOKS', useValue: hooks }];
  return createPlugin(
    { name: 'other', token: 'OTHER', check: () => true, providers, hooks: 'HOOKS' },
    {},
  );
}

const forms: [string, (plugins: PropelAuthPlugin[]) => DynamicModule][] = [
  ['forRoot()', (plugins) => PropelAuthModule.forRoot({ ...issuer.moduleOptions, plugins })],
  [
    'forRootAsync()',
    (plugins) => PropelAuthModule.forRootAsync({ plugins, useFactory: () => issuer.moduleOptions }),
  ],
];

describe.each(forms)('A plugin in %s', (_form, makeModule) => {
  it.each<[string, PropelAuthPlugin[], Record<string, number>]>([
    ['works without options', [telemetry()], { 'allowed access-token http': 1 }],
    [
      'works with an asynchronous factory that injects a provider of an imported module',
      [configuredBy(Configuration)],
      { 'allowed access-token http': 1 },
    ],
    ['does nothing if its factory returns false', [configuredBy(Off)], {}],
  ])('%s', async (_what, plugins, decisions) => {
    const recorded = RecordedMetrics.start();
    const imports = [makeModule(plugins)];
    const { url } = await startApplication({ imports, controllers: [ReportsController] });
    await request(url, alice).get('/me').expect(200);
    expect(await recorded.decisions()).toEqual(decisions);
  });

  it.each<[string, () => unknown, string]>([
    [
      'a plugin alone, outside of a list',
      () => telemetry(),
      'plugins is not a list. Set it to the plugins that you use, such as [telemetry()].',
    ],
    ['null', () => null, 'plugins is not a list.'],
    [
      'the function of a plugin, not called',
      () => [telemetry],
      'plugins[0] is not a plugin of this copy of nestjs-propelauth. Pass what its function returns, such as telemetry();',
    ],
    [
      'undefined in the list, after a plugin',
      () => [telemetry(), undefined],
      'plugins[1] is not a plugin',
    ],
    ['an object that looks like a plugin', () => [{ name: 'telemetry' }], 'plugins[0] is not a'],
    [
      'a plugin twice',
      () => [telemetry(), telemetry({ spanAttributes: true })],
      'plugins contains telemetry() twice. Remove one of them.',
    ],
  ])('fails startup: %s', (_what, plugins, message) => {
    const make = () => makeModule(plugins() as PropelAuthPlugin[]);
    expect(make).toThrow(PropelAuthConfigurationError);
    expect(make).toThrow(message);
  });

  it('fails startup if its factory returns wrong options', async () => {
    const plugins = [telemetry({ useFactory: () => ({ spanAttributes: 'yes' }) as never })];
    const failure = await failureOf(startApplication({ imports: [makeModule(plugins)] }));
    expect(failure).toBeInstanceOf(PropelAuthConfigurationError);
    expect((failure as Error).message).toContain('telemetry.spanAttributes is not a boolean.');
  });

  it('fails startup if another one says whose access has changed, too', async () => {
    const webhooks = { secret: issuer.webhookSecret, path: '/webhooks' };
    const other = pluginWith({ access: {} as CurrentAccess });
    const imports = [
      PropelAuthModule.forRoot({
        ...issuer.moduleOptions,
        webhooks,
        plugins: [liveAccess(), other],
      }),
    ];
    const failure = await failureOf(startApplication({ imports }));
    expect(failure).toBeInstanceOf(PropelAuthConfigurationError);
    expect((failure as Error).message).toBe(
      'plugins contains two plugins with the hook "access", which cannot be used together. Remove one of them.',
    );
  });

  it('fails startup if its factory fails', async () => {
    const plugins = [telemetry({ useFactory: () => Promise.reject(new Error('No secrets')) })];
    const failure = await failureOf(startApplication({ imports: [makeModule(plugins)] }));
    expect(String(failure)).toContain('No secrets');
  });

  it('fails startup if its factory injects a request-scoped provider', async () => {
    const imports = [makeModule([configuredBy(ScopedConfiguration)])];
    const failure = await failureOf(startApplication({ imports }));
    expect(failure).toBeInstanceOf(PropelAuthConfigurationError);
    expect((failure as Error).message).toContain('plugins injects a request-scoped provider');
  });
});

describe('A plugin', () => {
  it('of another copy of the package fails startup, with the command that lists the copies', async () => {
    const { telemetry: ofCopy } =
      await installCopy()<typeof import('nestjs-propelauth/telemetry')>('telemetry');
    const plugins = [ofCopy()];
    expect(() => PropelAuthModule.forRoot({ ...issuer.moduleOptions, plugins })).toThrow(
      'two copies of the package are installed: npm ls nestjs-propelauth lists them.',
    );
  });

  it.each<[string, object, string]>([
    [
      'an option next to its factory',
      { spanAttributes: true, useFactory: () => ({}) },
      'telemetry() does not take spanAttributes next to useFactory. Return it from useFactory',
    ],
    [
      'a misspelled key next to its factory',
      { injects: [Configuration], useFactory: () => ({}) },
      'telemetry() takes imports, inject, useFactory.',
    ],
    [
      'a factory that is no function',
      { useFactory: {} },
      'useFactory of telemetry() is not a function. Set it to one that returns the options, or false.',
    ],
  ])('rejects %s', (_what, options, message) => {
    const make = () => telemetry(options);
    expect(make).toThrow(PropelAuthConfigurationError);
    expect(make).toThrow(message);
  });

  it('rejects false in the place of options, which only a factory returns', async () => {
    const plugins = [telemetry(false as never)];
    const propelAuth = PropelAuthModule.forRoot({ ...issuer.moduleOptions, plugins });
    expect(String(await failureOf(startApplication({ imports: [propelAuth] })))).toContain(
      'telemetry is not an object.',
    );
  });

  it('prints its name, and none of its options', () => {
    const plugin = telemetry({ spanAttributes: true });
    const printed = inspect(plugin, { depth: null, showHidden: true, getters: true });
    expect(printed + JSON.stringify(plugin)).toMatch(/telemetry/);
    expect(printed + JSON.stringify(plugin)).not.toMatch(/spanAttributes|true/);
  });
});
