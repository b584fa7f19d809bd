import { Controller, Get } from '@nestjs/common';
import {
  activeOrg,
  CurrentApiKey,
  CurrentOrg,
  CurrentUser,
  orgFromQuery,
  PropelAuthModule,
  RequireApiKey,
  RequireOrgMember,
  RequireOrgRole,
  RequirePermission,
  RequireUserOrApiKey,
  type ApiKey,
  type OrgMemberInfo,
  type User,
} from 'nestjs-propelauth';
import { createEmulator, overridePropelAuth } from 'nestjs-propelauth/testing';
import request from 'supertest';
import { startApplication } from '../../support/application.js';
import { ROLES } from '../../support/project.js';
import { routeUnder } from '../../support/routes.js';

const ADMIN = { role: 'admin' };

/** What a handler answers about the key that it got. */
@Controller()
class KeyController {
  @Get('any')
  @RequireApiKey()
  any(@CurrentApiKey() apiKey: ApiKey, @CurrentApiKey('kind') kind: string) {
    return { isSame: apiKey.kind === kind, kind };
  }

  @Get('changed')
  @RequireApiKey()
  change(@CurrentApiKey() { metadata }: ApiKey) {
    (metadata as Record<string, unknown>)['role'] = 'admin';
  }

  @Get('mixed')
  @RequireUserOrApiKey()
  mixed(@CurrentUser() user: User | null, @CurrentApiKey() apiKey: ApiKey | null) {
    return { user: user?.userId ?? null, apiKey: apiKey?.user?.userId ?? null };
  }

  @Get(':orgId/org')
  @RequireApiKey()
  @RequireOrgMember()
  orgOf(@CurrentOrg() { orgId, orgName }: OrgMemberInfo) {
    return { orgId, orgName };
  }
}

@Controller('levels')
@RequireApiKey({ metadata: ADMIN })
class LevelsController {
  @Get()
  @RequireApiKey({ metadata: { rows: 10 } })
  both() {
    return {};
  }
}

class InheritingController extends LevelsController {
  @Get('inherited')
  override both() {
    return {};
  }
}
Controller('inheriting')(InheritingController);

const later = new Error('later');

/** The decorators of the routes that say no more than whether somebody passes. */
const ROUTES: Record<string, MethodDecorator[]> = {
  personal: [RequireApiKey({ kind: 'personal' })],
  org: [RequireApiKey({ kind: 'org' })],
  generic: [RequireApiKey({ kind: 'generic' })],
  'mixed/personal': [RequireUserOrApiKey({ kind: 'personal' })],
  'mixed/admin': [RequireUserOrApiKey({ metadata: ADMIN })],
  ':orgId/members': [RequireApiKey(), RequireOrgMember()],
  ':orgId/admins': [RequireApiKey(), RequireOrgRole('Admin')],
  ':orgId/owners': [RequireApiKey(), RequireOrgRole('Owner')],
  ':orgId/billing': [RequirePermission('can_view_billing'), RequireApiKey()],
  ':orgId/two': [
    RequireApiKey(),
    RequireOrgMember(),
    RequireOrgMember({ org: orgFromQuery('other') }),
  ],
  'members-of-active': [RequireApiKey(), RequireOrgMember({ org: activeOrg() })],
  contains: [RequireApiKey({ metadata: ADMIN })],
  predicate: [RequireApiKey({ metadata: ({ role }) => role === 'admin', words: 'admin' })],
  throws: [RequireApiKey({ metadata: ({ scopes }) => scopes.includes('a'), words: 'scope a' })],
  promise: [RequireApiKey({ metadata: (() => Promise.resolve(true)) as never, words: 'admin' })],
  rejects: [RequireApiKey({ metadata: (() => Promise.reject(later)) as never, words: 'admin' })],
  changes: [RequireApiKey({ metadata: (metadata) => (metadata['a'] = true), words: 'a' })],
};

const ofImported = routeUnder('imported', RequireApiKey({ kind: 'imported' }));

const emulator = await createEmulator({ seed: { roles: ROLES } });
const alice = {
  email: 'alice@example.com',
  orgs: [
    { orgName: 'Acme Inc', role: 'Admin' },
    { orgName: 'Globex', role: 'Admin' },
  ],
};
const userId = emulator.addUser(alice);
const acme = emulator.issuer.orgId('Acme Inc');
const globex = emulator.issuer.orgId('Globex');
const formerId = emulator.addUser({ ...alice, email: 'former@example.com' });

type KeyDescription = Parameters<typeof emulator.createApiKey>[0];

const KEYS = {
  personal: { userId },
  'of Acme': { orgId: acme },
  'of an Admin of Acme': { orgId: acme, userId },
  'of a former Admin of Acme': { orgId: acme, userId: formerId },
  'of nobody': {},
  imported: { importedApiKey: 'of-alice', userId },
  'imported of Acme': { importedApiKey: 'of-acme', orgId: acme },
  'imported of nobody': { importedApiKey: 'of-nobody' },
} satisfies Record<string, KeyDescription>;

type KeyName = keyof typeof KEYS;

const made = Object.fromEntries(
  Object.entries(KEYS).map(([name, key]) => [name, emulator.createApiKey(key)]),
) as Record<KeyName, string>;

emulator.addUser({ email: 'former@example.com' });

const { authUrl, apiKey } = emulator.issuer;

function start(imported: boolean, ...controllers: (new () => object)[]) {
  const options = { authUrl, apiKey, apiKeys: { imported }, debugMode: true };
  return startApplication(
    { imports: [PropelAuthModule.forRoot(options)], controllers },
    undefined,
    (builder) => overridePropelAuth(builder, { emulator }),
  );
}

const routes = Object.entries(ROUTES).map(([path, decorators]) => routeUnder(path, ...decorators));
const own = [KeyController, LevelsController, InheritingController];
const application = await start(true, ...routes, ofImported, ...own);
const withoutImported = await start(false, ...routes, ...own);

const get = (path: string, headers: Record<string, string>, service = application) =>
  request(service.url).get(path).set(headers);

/** What a key gets, such as `401 api_key_kind`. */
async function answerTo(path: string, key: string, service = application): Promise<string> {
  const { status, body } = await get(path, { 'X-API-Key': key }, service);
  const { reason } = body as { reason?: string };
  return reason === undefined ? String(status) : `${status} ${reason}`;
}

describe('An API key', () => {
  const kinds = ['/any', '/personal', '/org', '/generic', '/imported', '/mixed', '/mixed/personal'];

  it.each<[KeyName, ...number[]]>([
    // for:           any  personal  org  generic  imported  mixed  personal or user
    ['personal', 200, 200, 401, 401, 401, 200, 200],
    ['of Acme', 200, 401, 200, 401, 401, 200, 401],
    ['of an Admin of Acme', 200, 401, 200, 401, 401, 200, 401],
    ['of a former Admin of Acme', 401, 401, 401, 401, 401, 401, 401],
    ['of nobody', 200, 401, 401, 200, 401, 200, 401],
    ['imported', 200, 401, 401, 401, 200, 200, 401],
    ['imported of Acme', 200, 401, 401, 401, 200, 200, 401],
    ['imported of nobody', 200, 401, 401, 401, 200, 200, 401],
  ])('%s passes the rules about its kind, and no others', async (name, ...statuses) => {
    const answers = await Promise.all(kinds.map((path) => answerTo(path, made[name])));
    const reason = name === 'of a former Admin of Acme' ? 'api_key_unknown' : 'api_key_kind';
    expect(answers).toEqual(statuses.map((status) => (status === 200 ? '200' : `401 ${reason}`)));
  });

  it.each<[KeyName, ...number[]]>([
    // in Acme:       members admins owners billing active | members of Globex
    ['personal', 403, 403, 403, 403, 403, 403],
    ['of Acme', 200, 403, 403, 403, 200, 403],
    ['of an Admin of Acme', 200, 200, 403, 200, 200, 403],
    ['of a former Admin of Acme', 401, 401, 401, 401, 401, 401],
    ['of nobody', 403, 403, 403, 403, 403, 403],
    ['imported', 403, 403, 403, 403, 403, 403],
    ['imported of Acme', 200, 403, 403, 403, 200, 403],
    ['imported of nobody', 403, 403, 403, 403, 403, 403],
  ])('%s passes the rules about its organization, and no others', async (name, ...statuses) => {
    const ofAcme = ['members', 'admins', 'owners', 'billing'].map((rule) => `/${acme}/${rule}`);
    const paths = [...ofAcme, '/members-of-active', `/${globex}/members`];
    const answers = await Promise.all(paths.map((path) => answerTo(path, made[name])));
    expect(answers.map((answer) => Number(answer.slice(0, 3)))).toEqual(statuses);
  });

  it.each<[string, number]>([
    ['__proto__/members', 403],
    ['constructor/members', 403],
    ['acme-inc/members', 403],
    [`${acme}/two?other=${acme}`, 200],
    [`${acme}/two?other=${globex}`, 403],
  ])('of Acme gets from /%s: %i', async (path, status) => {
    expect((await answerTo(`/${path}`, made['of Acme'])).slice(0, 3)).toBe(String(status));
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['/contains', {}, '403 metadata_mismatch'],
    ['/contains', { role: 'Admin' }, '403 metadata_mismatch'],
    ['/contains', { role: 'admin', more: 1 }, '200'],
    ['/mixed/admin', { role: 'user' }, '403 metadata_mismatch'],
    ['/mixed/admin', ADMIN, '200'],
    ['/predicate', ADMIN, '200'],
    ['/predicate', {}, '403 metadata_mismatch'],
    ['/throws', {}, '500'],
    ['/promise', ADMIN, '500'],
    ['/rejects', ADMIN, '500'],
    ['/changes', {}, '500'],
    ['/levels', { rows: 10 }, '403 metadata_mismatch'],
    ['/levels', ADMIN, '403 metadata_mismatch'],
    ['/levels', { ...ADMIN, rows: 10 }, '200'],
    ['/inheriting/inherited', ADMIN, '403 metadata_mismatch'],
    ['/inheriting/inherited', { ...ADMIN, rows: 10 }, '200'],
  ])('gets from %s with the metadata %j: %s', async (path, metadata, answer) => {
    expect(await answerTo(path, emulator.createApiKey({ userId, metadata }))).toBe(answer);
  });

  it('that was imported and has expired is unknown', async () => {
    const key = { importedApiKey: 'expired', expiresInSeconds: -1 };
    expect(await answerTo('/any', emulator.createApiKey(key))).toBe('401 api_key_unknown');
  });

  it('that was imported is unknown where the application does not accept such keys', async () => {
    const before = emulator.calls.length;
    for (const path of ['/any', '/contains', '/mixed', '/personal', `/${acme}/members`]) {
      const answer = await answerTo(path, made['imported of Acme'], withoutImported);
      expect(answer).toBe('401 api_key_unknown');
    }
    const names = emulator.calls.slice(before).map(({ name }) => name);
    expect(new Set(names)).toEqual(new Set(['validateApiKey']));
  });

  it('that was imported has no route where the application does not accept such keys', async () => {
    await expect(start(false, ofImported)).rejects.toThrow(
      /GET \/imported.*imported.*Set apiKeys: \{ imported: true \}/,
    );
  });
});

describe('A handler', () => {
  it.each<[KeyName, string]>([
    ['personal', 'personal'],
    ['of Acme', 'org'],
    ['of nobody', 'generic'],
    ['imported', 'imported'],
  ])('gets the API key %s and its properties', async (name, kind) => {
    const { body } = await get('/any', { 'X-API-Key': made[name] });
    expect(body).toEqual({ isSame: true, kind });
  });

  it('cannot change the key', async () => {
    expect(await answerTo('/changed', made.personal)).toBe('500');
  });

  it('gets the organization of a key without a user', async () => {
    const { body } = await get(`/${acme}/org`, { 'X-API-Key': made['of Acme'] });
    expect(body).toEqual({ orgId: acme, orgName: 'Acme Inc' });
  });

  it('gets a user or a key, and the rules about keys are not about users', async () => {
    const ofUser = { Authorization: await emulator.issuer.authorization(alice) };
    expect((await get('/mixed', ofUser)).body).toEqual({ user: userId, apiKey: null });
    expect((await get('/mixed', { 'X-API-Key': made.personal })).body).toEqual({
      user: null,
      apiKey: userId,
    });
    for (const path of ['/mixed/personal', '/mixed/admin']) await get(path, ofUser).expect(200);
  });
});

describe('In a request for a key,', () => {
  it.each<[string, string, (key: string) => Record<string, string>]>([
    ['a key in Authorization', '200', (key) => ({ Authorization: `Bearer ${key}` })],
    ['no credential', '401 api_key_missing', () => ({})],
    ['another scheme', '401 api_key_missing', (key) => ({ Authorization: `Basic ${key}` })],
    ['an unknown key', '401 api_key_unknown', (key) => ({ 'X-API-Key': `${key}0` })],
    ['an empty key', '401 api_key_unknown', () => ({ 'X-API-Key': '' })],
    ['a key that is too long', '401 api_key_unknown', () => ({ 'X-API-Key': 'x'.repeat(5_000) })],
    ['an access token as a key', '401 api_key_unknown', () => ({ 'X-API-Key': 'a.b.c' })],
    [
      'two credentials',
      '401 credentials_ambiguous',
      (key) => ({ 'X-API-Key': key, Authorization: `Bearer ${key}` }),
    ],
    ['only Bearer', '401 token_malformed', () => ({ Authorization: 'Bearer' })],
  ])('%s gets %s', async (_what, answer, headersWith) => {
    const { status, body } = await get('/any', headersWith(made.personal));
    const { reason } = body as { reason?: string };
    expect([status, reason].join(' ').trim()).toBe(answer);
  });

  it.each(['a.b.c', '..'])('three parts after Bearer are an access token: %s', async (token) => {
    const { body } = await get('/mixed', { Authorization: `Bearer ${token}` }).expect(401);
    expect(body).toMatchObject({ reason: 'token_malformed' });
  });

  it('another number of parts is a key', async () => {
    const key = emulator.createApiKey({ importedApiKey: 'a.b.c.d' });
    expect((await get('/mixed', { Authorization: `Bearer ${key}` })).status).toBe(200);
  });

  it('an access token is never sent to PropelAuth as a key', async () => {
    const before = emulator.calls.length;
    const token = await emulator.issuer.accessToken(alice);
    for (const path of ['/any', '/mixed']) {
      expect(await answerTo(path, token)).toBe('401 api_key_unknown');
    }
    await get('/any', { Authorization: `Bearer ${token}` }).expect(401);
    expect(emulator.calls).toHaveLength(before);
  });
});
