import { Controller, Get } from '@nestjs/common';
import {
  projectUsers,
  PropelAuthConfigurationError,
  PropelAuthModule,
  RequireCaller,
  RequireUser,
  type PropelAuthModuleOptions,
} from 'nestjs-propelauth';
import { TestIssuer } from 'nestjs-propelauth/testing';
import { ResolvedOptions } from '../../lib/options/resolved-options.js';
import { failureOf, startApplication } from '../support/application.js';
import { issuer, request } from '../support/guarded-application.js';
import { alice, API_KEY, AUTH_URL, headersOf } from '../support/project.js';
import { RecordingLogger } from '../support/recording-logger.js';

@Controller()
class AppController {
  @Get('me')
  @RequireUser()
  me() {}
}

@Controller()
class PartnerController {
  @Get('partner')
  @RequireCaller('partner')
  partner() {}
}

const { verifierKey } = issuer;
const LOCAL = 'http://localhost:4000';
const FAR = 'https://emulator.internal:4000';
const EMULATOR_KEY = issuer.apiKey;
const OPTIONS = { authUrl: AUTH_URL, apiKey: API_KEY };
const keysOf = (iss: string) => ({
  manualTokenVerificationMetadata: { verifierKey, issuer: iss },
});

/** The options of a project, as they are or for projectUsers(). */
type ProjectOptions = Pick<
  PropelAuthModuleOptions,
  'authUrl' | 'apiKey' | 'apiUrl' | 'manualTokenVerificationMetadata'
>;

/** Reads the options of a project. */
const FORMS: [string, (options: ProjectOptions) => unknown][] = [
  ['forRoot()', (options) => new ResolvedOptions(options)],
  ['projectUsers()', (options) => projectUsers({ name: 'partner', ...options })],
];

const { NODE_ENV } = process.env;
afterEach(() => {
  process.env.NODE_ENV = NODE_ENV;
});

describe.each(FORMS)('Under NODE_ENV=production, %s', (_form, read) => {
  beforeEach(() => {
    process.env.NODE_ENV = ' Production ';
  });

  it.each<[string, ProjectOptions, string]>([
    ['authUrl', { ...OPTIONS, authUrl: LOCAL }, `authUrl ${LOCAL} is an address of this machine`],
    ...[
      LOCAL,
      'http://127.0.0.1:4000',
      'http://127.8.9.10',
      'http://[::1]:4000',
      'https://localhost',
      'https://localhost.:4000',
      'https://app.localhost',
      'https://0.0.0.0',
      'https://[::ffff:127.0.0.1]',
    ].map((local): [string, ProjectOptions, string] => [
      `a given key with the issuer ${local}`,
      { ...OPTIONS, ...keysOf(local) },
      `manualTokenVerificationMetadata.issuer ${new URL(local).origin} is an address of this machine`,
    ]),
    [
      'an issuer beside another apiUrl',
      { ...OPTIONS, ...keysOf(LOCAL), apiUrl: 'http://localhost:4001' },
      `manualTokenVerificationMetadata.issuer ${LOCAL} is an address of this machine`,
    ],
    [
      "the emulator's API key",
      { ...OPTIONS, apiKey: EMULATOR_KEY, ...keysOf(AUTH_URL) },
      'apiKey is a key of propelauth-emulator, with NODE_ENV=production',
    ],
    [
      "the emulator's API key with the apiUrl of another machine",
      { ...OPTIONS, apiKey: EMULATOR_KEY, ...keysOf(AUTH_URL), apiUrl: 'https://egress.example' },
      'apiKey is a key of propelauth-emulator, with NODE_ENV=production',
    ],
  ])('rejects %s', (_what, options, message) => {
    expect(() => read(options)).toThrow(PropelAuthConfigurationError);
    expect(() => read(options)).toThrow(message);
    expect(() => read(options)).not.toThrow(EMULATOR_KEY);
  });

  it.each<[string, ProjectOptions]>([
    ['named by apiUrl', { authUrl: LOCAL, apiKey: EMULATOR_KEY, ...keysOf(LOCAL), apiUrl: LOCAL }],
    [
      'of an emulator on another machine, named by apiUrl',
      { authUrl: FAR, apiKey: EMULATOR_KEY, ...keysOf(FAR), apiUrl: FAR },
    ],
    ['that is not on this machine', { ...OPTIONS, ...keysOf(AUTH_URL) }],
    [
      'behind a proxy on this machine',
      { ...OPTIONS, ...keysOf(AUTH_URL), apiUrl: 'http://localhost:8080' },
    ],
  ])('accepts an issuer %s', (_what, options) => {
    expect(read(options)).toBeDefined();
  });
});

it('Under NODE_ENV=production, startup fails with an issuer on this machine', async () => {
  process.env.NODE_ENV = 'production';
  const starting = Promise.resolve().then(() =>
    startApplication({ imports: [PropelAuthModule.forRoot({ ...OPTIONS, ...keysOf(LOCAL) })] }),
  );
  expect(await failureOf(starting)).toBeInstanceOf(PropelAuthConfigurationError);
});

describe("The emulator's tokens, with its key in the options", () => {
  it.each([
    ['test', OPTIONS, 200],
    ['production', OPTIONS, 401],
    ['production', { ...OPTIONS, apiUrl: 'http://localhost:8080' }, 401],
    ['production', { ...OPTIONS, apiKey: EMULATOR_KEY, apiUrl: 'http://localhost:4000' }, 200],
  ])('under NODE_ENV=%s and %o: %i', async (environment, options, status) => {
    const headers = await headersOf(issuer, alice);
    const partner = await TestIssuer.create({ authUrl: 'https://partner.example.com' });
    const ofPartner = await headersOf(partner, alice);
    process.env.NODE_ENV = environment;
    const { verifierKey: key, authUrl } = partner;
    const manualTokenVerificationMetadata = { verifierKey: key, issuer: authUrl };
    const kind = { name: 'partner', ...options, authUrl, manualTokenVerificationMetadata };
    const { url } = await startApplication({
      imports: [
        PropelAuthModule.forRoot({
          ...options,
          ...keysOf(AUTH_URL),
          debugMode: true,
          callerKinds: [projectUsers(kind)],
        }),
      ],
      controllers: [AppController, PartnerController],
    });
    const { body } = await request(url).get('/me').set(headers).expect(status);
    const ofEmulator =
      'The access token is of propelauth-emulator, which does not count under NODE_ENV=production';
    expect(body.message).toBe(status === 200 ? undefined : ofEmulator);
    await request(url).get('/partner').set(ofPartner).expect(status);
  });
});

describe('An issuer on this machine', () => {
  it('is logged once for each project that has one', async () => {
    const logger = new RecordingLogger();
    const other = 'http://localhost:4001';
    const partner = projectUsers({ name: 'partner', ...OPTIONS, ...keysOf(other) });
    const options = { ...OPTIONS, authUrl: LOCAL, ...keysOf(LOCAL), callerKinds: [partner] };
    const propelAuth = PropelAuthModule.forRoot(options);
    await startApplication({ imports: [propelAuth] }, undefined, undefined, { logger });
    const lines = logger.of('log').filter((line) => line.includes('this machine'));
    expect(lines.toSorted()).toEqual(
      [LOCAL, other].map(
        (address) =>
          `Accepts access tokens of ${address}, which is on this machine: for development and tests alone. PropelAuth`,
      ),
    );
  });

  it.each([
    ['development', LOCAL, undefined, true],
    [' Development ', LOCAL, undefined, true],
    ['development', LOCAL, false, false],
    ['development', AUTH_URL, undefined, false],
    ['test', LOCAL, undefined, false],
    [undefined, LOCAL, undefined, false],
    ['production', LOCAL, undefined, false],
  ])(
    'under NODE_ENV=%s, with the issuer %s and debugMode: %s, gives reasons in bodies: %s',
    async (environment, iss, debugMode, isGiven) => {
      if (environment === undefined) delete process.env.NODE_ENV;
      else process.env.NODE_ENV = environment;
      const propelAuth = PropelAuthModule.forRoot({
        ...OPTIONS,
        authUrl: iss,
        apiUrl: iss,
        ...keysOf(iss),
        debugMode,
      });
      const { url } = await startApplication({
        imports: [propelAuth],
        controllers: [AppController],
      });
      const { body } = await request(url).get('/me').expect(401);
      expect('reason' in body).toBe(isGiven);
    },
  );
});
