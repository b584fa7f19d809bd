import {
  Body,
  Controller,
  Get,
  Post,
  type ExecutionContext,
  createParamDecorator,
} from '@nestjs/common';
import {
  activeOrg,
  CurrentApiKey,
  CurrentOrg,
  CurrentUser,
  getCurrentApiKey,
  orgFromQuery,
  RequireApiKey,
  RequireOrgMember,
  RequireOrgRole,
  RequirePermission,
  RequireUserOrApiKey,
  type AccessDecisionEvent,
  type ApiKey,
  type ApiKeyKind,
  type OrgMemberInfo,
  type User,
} from 'nestjs-propelauth';
import request from 'supertest';
import { Backend } from '../../support/backend.js';
import { issuer, startGuarded } from '../../support/guarded-application.js';
import { ACME, ACME_ID, alice, GLOBEX, GLOBEX_ID } from '../../support/project.js';
import type { Answer } from '../../support/propelauth-server.js';
import { sendRaw } from '../../support/send-raw.js';
import { aliceInAcme } from './api-keys.js';

const events: AccessDecisionEvent[] = [];

const user = { user_id: 'user-alice', email: 'alice@example.com' };
const acme = { org_id: ACME_ID, name: ACME.orgName, metadata: { plan: 'pro' } };

/** What PropelAuth says of the keys that it knows. */
const KEYS: Record<string, Record<string, unknown>> = {
  'personal-key': { user, metadata: { purpose: 'script' } },
  'own-key-of-acme': { org: acme },
  'own-key-of-globex': { org: { org_id: GLOBEX_ID, org_name: GLOBEX.orgName } },
  'member-key': { user, org: acme, user_in_org: aliceInAcme },
  'key-of-a-former-member': { user, org: acme },
  'key-of-a-former-member-null': { user, org: acme, user_in_org: null },
  'nobodys-key': { metadata: {} },
};

const ApiKeyOfContext = createParamDecorator((_: unknown, context: ExecutionContext) =>
  getCurrentApiKey(context),
);

@Controller()
class ScriptsController {
  @Get('any')
  @RequireApiKey()
  any(@CurrentApiKey() apiKey: ApiKey, @ApiKeyOfContext() same: ApiKey) {
    return { userId: apiKey.user?.userId, orgId: apiKey.org?.orgId, same: same === apiKey };
  }

  @Get('personal')
  @RequireApiKey({ kind: 'personal' })
  personal(@CurrentApiKey('metadata') metadata: unknown) {
    return { metadata };
  }

  @Get('org')
  @RequireApiKey({ kind: 'org' })
  org(@CurrentApiKey('org') org: NonNullable<ApiKey['org']>) {
    return { orgId: org.orgId };
  }

  @Get('generic')
  @RequireApiKey({ kind: 'generic' })
  generic(@CurrentApiKey('kind') kind: ApiKeyKind) {
    return { kind };
  }

  @Get('frozen')
  @RequireApiKey()
  change(@CurrentApiKey() apiKey: ApiKey) {
    'use strict';
    (apiKey.org as { metadata: Record<string, unknown> }).metadata['plan'] = 'free';
  }

  @Get('active/members')
  @RequireApiKey()
  @RequireOrgMember({ org: activeOrg() })
  activeMembers(@CurrentOrg('orgId') orgId: string) {
    return { orgId };
  }

  @Get('orgs/:orgId/members')
  @RequireApiKey()
  @RequireOrgMember()
  members(@CurrentOrg() org: OrgMemberInfo) {
    return { orgId: org.orgId, orgName: org.orgName };
  }

  @Get('orgs/:orgId/admins')
  @RequireApiKey()
  @RequireOrgRole('Admin')
  admins() {
    return {};
  }

  @Get('orgs/:orgId/owners')
  @RequireApiKey()
  @RequireOrgRole('Owner')
  owners() {
    return {};
  }

  @Get('orgs/:orgId/billing')
  @RequirePermission('can_view_billing')
  @RequireApiKey()
  billing() {
    return {};
  }

  @Get('two-orgs/:orgId')
  @RequireApiKey()
  @RequireOrgMember()
  @RequireOrgMember({ org: orgFromQuery('other') })
  twoOrgs() {
    return {};
  }
}

@Controller('mixed')
@RequireUserOrApiKey()
class MixedController {
  @Get()
  who(@CurrentUser() caller: User | null, @CurrentApiKey() apiKey: ApiKey | null) {
    return { user: caller?.userId ?? null, apiKey: apiKey?.user?.userId ?? null };
  }

  @Get('personal')
  @RequireUserOrApiKey({ kind: 'personal' })
  personal() {
    return {};
  }

  @Post('orgs/:orgId')
  @RequireOrgRole('Admin')
  write(@CurrentOrg('orgId') orgId: string, @Body() body: unknown) {
    return { orgId, body };
  }
}

const backend = await Backend.start();
const application = await startGuarded(
  { controllers: [ScriptsController, MixedController] },
  { apiTimeoutMs: 1_000, debugMode: true, onDecision: (event) => events.push(event) },
);

const get = (path: string, headers: Record<string, string> = {}) =>
  request(application.url).get(path).set(headers);

const post = (orgId: string, headers: Record<string, string>) =>
  request(application.url).post(`/mixed/orgs/${orgId}`).set(headers).send({ a: 1 });

const withKey = (path: string, key: string) => get(path, { 'X-API-Key': key });

const bearer = (path: string, token: string) => get(path, { Authorization: `Bearer ${token}` });

describe('API keys', () => {
  beforeEach(() => {
    backend.reset();
    events.length = 0;
    for (const [key, body] of Object.entries(KEYS)) backend.apiKeys.set(key, { status: 200, body });
  });

  describe('@RequireApiKey()', () => {
    it.each(['X-API-Key', 'x-api-key'])('accepts a key from %s', async (header) => {
      const { body } = await get('/any', { [header]: 'member-key' }).expect(200);
      expect(body).toEqual({ userId: 'user-alice', orgId: ACME_ID, same: true });
    });

    it('accepts a key from Authorization: Bearer', async () => {
      const { body } = await bearer('/any', 'personal-key').expect(200);
      expect(body).toEqual({ userId: 'user-alice', same: true });
    });

    it.each<[string, string, Record<string, string>]>([
      ['no credential', 'api_key_missing', {}],
      ['a key with another scheme', 'api_key_missing', { Authorization: 'Basic personal-key' }],
      ['an unknown key', 'api_key_unknown', { 'X-API-Key': 'unknown-key' }],
      ['an empty key', 'api_key_unknown', { 'X-API-Key': '' }],
      ['a key with an invalid shape', 'api_key_unknown', { 'X-API-Key': 'x'.repeat(5_000) }],
      [
        'two credentials',
        'credentials_ambiguous',
        { 'X-API-Key': 'personal-key', Authorization: 'Bearer personal-key' },
      ],
      ['only Bearer', 'token_malformed', { Authorization: 'Bearer' }],
    ])('returns 401 for %s: %s', async (_what, reason, headers) => {
      const { body } = await get('/any', headers).expect(401);
      expect(body).toMatchObject({ statusCode: 401, reason });
    });

    it('challenges a request without a credential', async () => {
      const { headers } = await get('/any').expect(401);
      expect(headers['www-authenticate']).toBe('Bearer');
    });

    it('never sends an access token to PropelAuth as a key', async () => {
      expect((await bearer('/any', await issuer.accessToken(alice))).status).toBe(401);
      expect(backend.bodies).toEqual([]);
    });

    it('rejects a request that repeats the header', async () => {
      const status = await sendTwice(application.url, '/any', 'X-API-Key: personal-key');
      expect(status).toBe(401);
      expect(backend.bodies).toEqual([]);
    });

    it.each([
      ['personal', 'personal-key', 200],
      ['personal', 'own-key-of-acme', 401],
      ['personal', 'member-key', 401],
      ['org', 'personal-key', 401],
      ['org', 'own-key-of-acme', 200],
      ['org', 'member-key', 200],
      ['org', 'nobodys-key', 401],
      ['any', 'nobodys-key', 200],
      ['generic', 'nobodys-key', 200],
      ['generic', 'personal-key', 401],
      ['generic', 'member-key', 401],
    ])('of kind %s, for a %s, returns %i', async (kind, key, status) => {
      expect((await withKey(`/${kind}`, key)).status).toBe(status);
    });

    it.each(['/any', '/org', '/mixed'])(
      'rejects the key of an organization whose creator has left it: %s',
      async (path) => {
        for (const key of ['key-of-a-former-member', 'key-of-a-former-member-null']) {
          const { body } = await withKey(path, key).expect(401);
          expect(body).toMatchObject({ reason: 'api_key_unknown' });
        }
      },
    );

    it('injects a property of the key', async () => {
      const { body } = await withKey('/personal', 'personal-key').expect(200);
      expect(body).toEqual({ metadata: { purpose: 'script' } });
    });

    it('injects a frozen key', async () => {
      expect((await withKey('/frozen', 'own-key-of-acme')).status).toBe(500);
    });

    it.each<[string, number, Answer, string | undefined]>([
      ['limits the key', 429, { status: 429, body: { wait_seconds: 7.2 } }, '8'],
      [
        'limits the integration',
        503,
        { status: 429, body: 'slow down', headers: { 'retry-after': '3' } },
        '3',
      ],
      ['returns 500', 503, { status: 500 }, undefined],
      ['does not know the integration', 503, { status: 401 }, undefined],
      ['returns malformed JSON', 503, { status: 200, body: '<html>' }, undefined],
      ['returns an array', 503, { status: 200, body: [] }, undefined],
      ['returns an invalid success', 503, { status: 204 }, undefined],
      [
        'redirects',
        503,
        { status: 302, headers: { location: 'https://attacker.example.com' } },
        undefined,
      ],
      ['hangs', 503, () => {}, undefined],
      ['closes the connection', 503, (incoming) => incoming.socket.destroy(), undefined],
    ])('while PropelAuth %s, returns %i', async (_what, status, failure, retryAfter) => {
      backend.failure = failure;
      const { headers, body } = await withKey('/any', 'personal-key').expect(status);
      expect(headers['retry-after']).toBe(retryAfter);
      expect(body).toMatchObject({
        reason: status === 429 ? 'api_key_rate_limited' : 'propelauth_unavailable',
      });
    });

    it('reports allowed and rejected keys to onDecision, without the key itself', async () => {
      expect((await withKey('/any', 'member-key')).status).toBe(200);
      expect((await withKey('/any', 'unknown-key')).status).toBe(401);
      expect(events).toMatchObject([
        { allowed: true, userId: 'user-alice', orgId: ACME_ID, credential: 'api-key' },
        { allowed: false, reason: 'api_key_unknown' },
      ]);
      expect(JSON.stringify(events)).not.toMatch(/member-key|unknown-key/);
    });
  });

  describe('under organization rules', () => {
    const routes = ['members', 'admins', 'owners', 'billing'];
    it.each<[string, string, number[]]>([
      ['member-key', ACME_ID, [200, 200, 403, 200]],
      ['member-key', GLOBEX_ID, [403, 403, 403, 403]],
      ['own-key-of-acme', ACME_ID, [200, 403, 403, 403]],
      ['own-key-of-acme', GLOBEX_ID, [403, 403, 403, 403]],
      ['personal-key', ACME_ID, [403, 403, 403, 403]],
      ['key-of-a-former-member', ACME_ID, [401, 401, 401, 401]],
      ['nobodys-key', ACME_ID, [403, 403, 403, 403]],
    ])('a %s in %s passes exactly its own rules', async (key, orgId, statuses) => {
      const found = [];
      for (const route of routes) {
        found.push((await withKey(`/orgs/${orgId}/${route}`, key)).status);
      }
      expect(found).toEqual(statuses);
    });

    it('injects the organization, even for a key without a user', async () => {
      const { body } = await withKey(`/orgs/${ACME_ID}/members`, 'own-key-of-acme').expect(200);
      expect(body).toEqual({ orgId: ACME_ID, orgName: ACME.orgName });
    });

    it('reads the organization name from either field that PropelAuth uses', async () => {
      const { body } = await withKey(`/orgs/${GLOBEX_ID}/members`, 'own-key-of-globex').expect(200);
      expect(body).toEqual({ orgId: GLOBEX_ID, orgName: GLOBEX.orgName });
    });

    it('treats the organization of the key as its active organization', async () => {
      const { body } = await withKey('/active/members', 'own-key-of-acme').expect(200);
      expect(body).toEqual({ orgId: ACME_ID });
      expect((await withKey('/active/members', 'personal-key')).status).toBe(403);
    });

    it.each(['__proto__', 'constructor', '', 'acme-inc'])(
      'finds no organization for %p',
      async (orgId) => {
        const { status } = await withKey(`/orgs/${orgId}/members`, 'own-key-of-acme');
        expect(status).toBe(orgId === '' ? 404 : 403);
      },
    );

    it('rejects a request that names two organizations', async () => {
      expect(
        (await withKey(`/two-orgs/${ACME_ID}?other=${ACME_ID}`, 'own-key-of-acme')).status,
      ).toBe(200);
      expect(
        (await withKey(`/two-orgs/${ACME_ID}?other=${GLOBEX_ID}`, 'own-key-of-acme')).status,
      ).toBe(403);
    });

    it('rejects a response with a membership in a different organization than the key’s', async () => {
      backend.apiKeys.set('odd-key', {
        status: 200,
        body: { user, org: acme, user_in_org: { ...aliceInAcme, org_id: GLOBEX_ID } },
      });
      expect((await withKey(`/orgs/${GLOBEX_ID}/members`, 'odd-key')).status).toBe(503);
    });
  });

  describe('@RequireUserOrApiKey()', () => {
    it('distinguishes users from API keys', async () => {
      const ofUser = await bearer('/mixed', await issuer.accessToken(alice)).expect(200);
      expect(ofUser.body).toEqual({ user: 'user-alice', apiKey: null });
      const ofScript = await withKey('/mixed', 'personal-key').expect(200);
      expect(ofScript.body).toEqual({ user: null, apiKey: 'user-alice' });
    });

    it.each(['header.payload.signature', 'a.b.c', '..'])(
      'treats three parts as an access token: %s',
      async (token) => {
        backend.apiKeys.set(token, { status: 200, body: { user } });
        const { body } = await bearer('/mixed', token).expect(401);
        expect(body).toMatchObject({ reason: 'token_malformed' });
        expect(backend.bodies).toEqual([]);
      },
    );

    it.each(['/any', '/mixed'])(
      'never sends a three-part value in X-API-Key to PropelAuth: %s',
      async (path) => {
        for (const token of ['a.b.c', await issuer.accessToken(alice)]) {
          backend.apiKeys.set(token, { status: 200, body: { user } });
          const { body } = await withKey(path, token).expect(401);
          expect(body).toMatchObject({ reason: 'api_key_unknown' });
        }
        expect(backend.bodies).toEqual([]);
      },
    );

    it('accepts a key with another number of dots', async () => {
      backend.apiKeys.set('a.b.c.d', { status: 200, body: { user } });
      expect((await withKey('/mixed', 'a.b.c.d')).status).toBe(200);
    });

    it('rejects a request with both a valid access token and a valid key', async () => {
      const Authorization = await issuer.authorization(alice);
      const { body } = await get('/mixed', { Authorization, 'X-API-Key': 'personal-key' }).expect(
        401,
      );
      expect(body).toMatchObject({ reason: 'credentials_ambiguous' });
    });

    it('challenges for either if there is no credential', async () => {
      const { body } = await get('/mixed').expect(401);
      expect(body).toMatchObject({ reason: 'credential_missing' });
    });

    it('restricts the kind of key, and not users', async () => {
      expect((await withKey('/mixed/personal', 'personal-key')).status).toBe(200);
      expect((await withKey('/mixed/personal', 'own-key-of-acme')).status).toBe(401);
      expect((await bearer('/mixed/personal', await issuer.accessToken(alice))).status).toBe(200);
    });

    it('applies organization rules to both', async () => {
      const Authorization = await issuer.authorization(alice);
      await post(ACME_ID, { Authorization }).expect(201, { orgId: ACME_ID, body: { a: 1 } });
      expect((await post(ACME_ID, { 'X-API-Key': 'member-key' })).status).toBe(201);
      expect((await post(ACME_ID, { 'X-API-Key': 'own-key-of-acme' })).status).toBe(403);
      expect((await post(GLOBEX_ID, { Authorization })).status).toBe(403);
    });
  });
});

/** The status of a request with the same header twice; HTTP clients would join them. */
async function sendTwice(url: string, path: string, header: string) {
  const head = [`GET ${path} HTTP/1.1`, 'Host: localhost', header, header, 'Connection: close'];
  return (await sendRaw(url, `${head.join('\r\n')}\r\n\r\n`)).status;
}
