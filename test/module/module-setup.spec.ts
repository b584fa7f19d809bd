import {
  Inject,
  Injectable,
  Module,
  type DynamicModule,
  type ModuleMetadata,
  type Type,
} from '@nestjs/common';
import {
  PROPELAUTH_MODULE_OPTIONS,
  PropelAuthApi,
  PropelAuthConfigurationError,
  PropelAuthModule,
  PropelAuthService,
  Public,
  RequireUser,
  type PropelAuthModuleAsyncOptions,
  type PropelAuthModuleOptions,
  type PropelAuthOptionsFactory,
} from 'nestjs-propelauth';
import { overridePropelAuth } from 'nestjs-propelauth/testing';
import { failureOf, startApplication } from '../support/application.js';
import { issuer, request } from '../support/guarded-application.js';
import { alice, API_KEY } from '../support/project.js';
import { routeUnder } from '../support/routes.js';

const { moduleOptions } = issuer;

@Injectable()
class Configuration {
  readonly propelAuth = moduleOptions;
}

@Module({ providers: [Configuration], exports: [Configuration] })
class ConfigurationModule {}

let made = 0;

@Injectable()
class OptionsFactory implements PropelAuthOptionsFactory {
  createPropelAuthOptions(): Promise<PropelAuthModuleOptions> {
    made++;
    return Promise.resolve(moduleOptions);
  }
}

@Module({ providers: [OptionsFactory], exports: [OptionsFactory] })
class OptionsModule {}

const routes: Type[] = [
  routeUnder('user', RequireUser()),
  routeUnder('silent'),
  routeUnder('public', Public()),
];

const asyncForms: [string, PropelAuthModuleAsyncOptions][] = [
  ['useFactory', { useFactory: () => moduleOptions }],
  ['an asynchronous useFactory', { useFactory: () => Promise.resolve(moduleOptions) }],
  [
    'useFactory with inject and imports',
    {
      imports: [ConfigurationModule],
      inject: [Configuration],
      useFactory: (configuration: Configuration) => configuration.propelAuth,
    },
  ],
  ['useClass', { useClass: OptionsFactory }],
  ['useExisting', { imports: [OptionsModule], useExisting: OptionsFactory }],
];

const forms: [string, (extras: object) => DynamicModule][] = [
  ['forRoot()', (extras) => PropelAuthModule.forRoot({ ...moduleOptions, ...extras })],
  ...asyncForms.map(([name, options]): [string, (extras: object) => DynamicModule] => [
    `forRootAsync() with ${name}`,
    (extras) => PropelAuthModule.forRootAsync({ ...options, ...extras }),
  ]),
];

describe.each(forms)('%s', (_form, makeModule) => {
  it.each([
    [undefined, 200],
    [false, 200],
    [true, 401],
  ])('sets up the package, with requireUserByDefault %s', async (requireUserByDefault, silent) => {
    const imports = [makeModule({ requireUserByDefault })];
    const { url } = await startApplication({ imports, controllers: routes });
    const statuses = [];
    for (const user of [null, alice]) {
      for (const path of ['/user', '/silent', '/public']) {
        statuses.push((await request(url, user).get(path)).status);
      }
    }
    expect(statuses).toEqual([401, silent, 200, 200, 200, 200]);
  });

  @Injectable()
  class Consumer {
    constructor(
      @Inject(PropelAuthService) readonly propelAuth: PropelAuthService,
      @Inject(PropelAuthApi) readonly api: PropelAuthApi,
    ) {}
  }

  /** A module of its own with something that needs the package, which imports what it is given. */
  function feature(imports: ModuleMetadata['imports'] = []): Type {
    @Module({ imports, providers: [Consumer], controllers: [routeUnder('feature', RequireUser())] })
    class FeatureModule {}
    return FeatureModule;
  }

  it.each([undefined, true])('is global with isGlobal %s', async (isGlobal) => {
    const application = await startApplication({ imports: [makeModule({ isGlobal }), feature()] });
    expect(application.app.get(Consumer, { strict: false }).api).toBeInstanceOf(PropelAuthApi);
    await request(application.url).get('/feature').expect(401);
  });

  it('is available only in modules that import it or its module, with isGlobal false', async () => {
    const local = makeModule({ isGlobal: false });
    @Module({ imports: [local], exports: [PropelAuthModule] })
    class SharedModule {}
    for (const imports of [[feature([local])], [SharedModule, feature([SharedModule])]]) {
      const { url } = await startApplication({ imports });
      await request(url, alice).get('/feature').expect(200);
    }
    const error = await failureOf(startApplication({ imports: [local, feature()] }));
    expect(String(error)).toMatch(/PropelAuth/);
  });

  it.each(['isGlobal', 'requireUserByDefault'])('rejects a %s that is not a boolean', (extra) => {
    for (const value of ['true', 'false', 1, 0, null]) {
      expect(() => makeModule({ [extra]: value })).toThrow(PropelAuthConfigurationError);
      expect(() => makeModule({ [extra]: value })).toThrow(extra);
    }
  });
});

describe('forRootAsync()', () => {
  it('calls its factory once', async () => {
    made = 0;
    await startApplication({
      imports: [PropelAuthModule.forRootAsync({ useClass: OptionsFactory })],
    });
    expect(made).toBe(1);
  });

  it.each(['requireUserByDefault', 'isGlobal', 'plugins'])(
    'rejects %s in the result of the factory, where it has no effect',
    async (extra) => {
      const useFactory = () => ({ ...moduleOptions, [extra]: true });
      const error = await failureOf(
        startApplication({ imports: [PropelAuthModule.forRootAsync({ useFactory })] }),
      );
      expect(error).toBeInstanceOf(PropelAuthConfigurationError);
      expect((error as Error).message).toContain(`${extra} `);
      expect((error as Error).message).toContain('next to useFactory');
      expect((error as Error).message).not.toContain(API_KEY);
    },
  );

  it.each<[string, object, string]>([
    ['a misspelled extra option', { requireUserByDefualt: true }, 'requireUserByDefualt'],
    ['an option next to the factory', { debugMode: true }, 'debugMode'],
    ['the API key next to the factory', { apiKey: API_KEY }, 'apiKey'],
    ['two ways at once', { useClass: OptionsFactory }, 'useFactory, useClass, useExisting'],
    ['no way', { useFactory: undefined }, 'useFactory, useClass, useExisting'],
  ])('rejects %s', (_what, options, named) => {
    const make = () =>
      PropelAuthModule.forRootAsync({ useFactory: () => moduleOptions, ...options });
    expect(make).toThrow(PropelAuthConfigurationError);
    expect(make).toThrow(named);
    expect(make).not.toThrow(API_KEY);
  });

  it('rethrows errors of its factory', async () => {
    const propelAuth = PropelAuthModule.forRootAsync({
      useFactory: () => Promise.reject(new Error('No secrets manager')),
    });
    const error = await failureOf(startApplication({ imports: [propelAuth] }));
    expect(String(error)).toContain('No secrets manager');
  });
});

const forRoot = () => PropelAuthModule.forRoot(moduleOptions);
const forRootLocally = () => PropelAuthModule.forRoot({ ...moduleOptions, isGlobal: false });
const forRootAsync = () => PropelAuthModule.forRootAsync({ useClass: OptionsFactory });

describe('Without options, startup fails, and the error names the module that imports', () => {
  @Injectable()
  class Reports {
    constructor(@Inject(PropelAuthService) readonly propelAuth: PropelAuthService) {}
  }

  @Module({
    imports: [PropelAuthModule],
    controllers: [routeUnder('feature', RequireUser())],
    providers: [Reports],
  })
  class FeatureModule {}

  const mistakes: [string, ModuleMetadata['imports']][] = [
    ['alone', [FeatureModule]],
    ['next to forRoot()', [forRoot(), FeatureModule]],
    ['next to forRootAsync()', [forRootAsync(), FeatureModule]],
    ['next to forRoot() with isGlobal false', [forRootLocally(), FeatureModule]],
  ];

  it.each(mistakes)('PropelAuthModule %s', async (_what, imports) => {
    const error = await failureOf(startApplication({ imports }));
    expect(error).toBeInstanceOf(PropelAuthConfigurationError);
    expect((error as Error).message).toMatch(
      /^PropelAuthModule is imported without options, by FeatureModule\. .*PropelAuthModule\.forRoot\(/,
    );
  });

  it('PropelAuthModule, in a test that overrides PropelAuth', async () => {
    const starting = startApplication({ imports: [FeatureModule] }, undefined, (builder) =>
      overridePropelAuth(builder, { issuer }),
    );
    expect(String(await failureOf(starting))).toContain('without options, by FeatureModule');
  });
});

describe('Two configurations in one application', () => {
  it.each([
    ['forRoot() twice', forRoot, forRoot],
    ['forRoot() and forRootAsync()', forRoot, forRootAsync],
    ['forRoot(), once not global', forRoot, forRootLocally],
  ])('fail startup: %s', async (_what, first, second) => {
    @Module({ imports: [second()] })
    class FeatureModule {}
    const error = await failureOf(startApplication({ imports: [first(), FeatureModule] }));
    expect(error).toBeInstanceOf(PropelAuthConfigurationError);
    expect((error as Error).message).toMatch(
      /more than once, in RootTestModule and FeatureModule\. /,
    );
  });

  it('are not reported if two modules import the same one, or two applications have one each', async () => {
    const propelAuth = forRoot();
    @Module({ imports: [propelAuth] })
    class FeatureModule {}
    for (const imports of [[propelAuth, FeatureModule], [forRoot()]]) {
      expect(await failureOf(startApplication({ imports }))).toBeUndefined();
    }
  });
});

describe('Injectable providers', () => {
  it('include PropelAuthApi, with the functions of PropelAuth’s own client', async () => {
    const { app } = await startApplication({ imports: [forRoot()] });
    const api = app.get(PropelAuthApi);
    for (const name of ['fetchUserMetadataByUserId', 'createOrg', 'validateApiKey'] as const) {
      expect(typeof api[name]).toBe('function');
    }
  });

  it('include the options as given', async () => {
    @Injectable()
    class LoginUrl {
      constructor(@Inject(PROPELAUTH_MODULE_OPTIONS) readonly options: PropelAuthModuleOptions) {}
    }
    const { app } = await startApplication({ imports: [forRoot()], providers: [LoginUrl] });
    expect(app.get(LoginUrl).options).toEqual(moduleOptions);
  });
});
