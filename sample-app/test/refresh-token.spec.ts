import { decodeJwt, decodeProtectedHeader } from 'jose';
import request from 'supertest';
import { ACME } from '../src/local-users.js';
import { accessTokenOf, LOCAL, startSampleApp, WITH_SECRET, type SampleApp } from './sample-app.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const MEMBERSHIPS = [
  ['alice', 'Owner', ['Owner', 'Admin', 'Member'], ['can_view_billing']],
  ['bob', 'Admin', ['Admin', 'Member'], ['can_view_billing']],
  ['carol', 'Member', ['Member'], []],
] as const;

describe('GET /api/v1/refresh_token', () => {
  let sampleApp: SampleApp;

  beforeAll(async () => {
    sampleApp = await startSampleApp(LOCAL);
  });

  afterAll(() => sampleApp.close());

  it('returns an access token and its user, with no-store', async () => {
    const { body } = await request(sampleApp.url)
      .get(`/api/v1/refresh_token?user=alice&${WITH_SECRET}`)
      .expect(200)
      .expect('Cache-Control', 'no-store');
    expect(body).toMatchObject({
      access_token: expect.any(String),
      user: { email: 'alice@example.com' },
    });
  });

  it('does not let other web pages read the response', async () => {
    const { headers } = await request(sampleApp.url)
      .get(`/api/v1/refresh_token?user=alice&${WITH_SECRET}`)
      .set('Origin', 'https://evil.example');
    expect(headers).not.toHaveProperty('access-control-allow-origin');
  });

  it('signs with RS256 and the app’s own origin as the issuer, for half an hour', async () => {
    const token = await accessTokenOf('alice', sampleApp);
    const { iss, iat, exp } = decodeJwt(token);
    expect(decodeProtectedHeader(token)).toEqual({ alg: 'RS256', typ: 'JWT' });
    expect(iss).toBe('http://localhost:3000');
    expect(exp! - iat!).toBe(30 * 60);
  });

  it('has the claims of PropelAuth’s access tokens', async () => {
    const {
      iss: _iss,
      iat: _iat,
      exp: _exp,
      ...claims
    } = decodeJwt(await accessTokenOf('alice', sampleApp));
    expect(claims).toEqual({
      user_id: expect.stringMatching(UUID),
      email: 'alice@example.com',
      first_name: 'Alice',
      last_name: 'Archer',
      username: 'alice',
      properties: {},
      login_method: { login_method: 'password' },
      org_id_to_org_member_info: {
        [ACME.orgId]: {
          org_id: expect.stringMatching(UUID),
          org_name: 'Acme Inc',
          url_safe_org_name: 'acme-inc',
          org_metadata: {},
          org_role_structure: 'single_role_in_hierarchy',
          user_role: 'Owner',
          inherited_user_roles_plus_current_role: ['Owner', 'Admin', 'Member'],
          additional_roles: [],
          user_permissions: ['can_view_billing'],
        },
      },
    });
  });

  it.each(MEMBERSHIPS)('makes %s %s of Acme', async (user, role, roles, permissions) => {
    const claims = decodeJwt<{ org_id_to_org_member_info: Record<string, unknown> }>(
      await accessTokenOf(user, sampleApp),
    );
    expect(claims.org_id_to_org_member_info[ACME.orgId]).toMatchObject({
      user_role: role,
      inherited_user_roles_plus_current_role: roles,
      user_permissions: permissions,
    });
  });

  it('puts dave in no organization', async () => {
    const claims = decodeJwt(await accessTokenOf('dave', sampleApp));
    expect(claims['org_id_to_org_member_info']).toEqual({});
  });

  it.each([
    ['the name is empty', '&user='],
    ['there is no such user', '&user=mallory'],
    ['the name is spelled differently', '&user=Alice'],
    ['the name is a property of every object', '&user=__proto__'],
    ['two users are named', '&user=alice&user=bob'],
  ])('returns 400 and lists the users if %s', async (_case, query) => {
    const { body } = await request(sampleApp.url)
      .get(`/api/v1/refresh_token?${WITH_SECRET}${query}`)
      .expect(400);
    const { message } = body as { message: string };
    expect(message).toContain('?user=alice, ?user=bob, ?user=carol, ?user=dave');
  });

  it('returns 401 if no user is named or signed in', async () => {
    const { body } = await request(sampleApp.url)
      .get(`/api/v1/refresh_token?${WITH_SECRET}`)
      .expect(401);
    expect(body).not.toHaveProperty('access_token');
  });

  it('issues tokens that stay valid after a restart', async () => {
    const other = await startSampleApp(LOCAL);
    const token = await accessTokenOf('alice', other);
    await other.close();
    await request(sampleApp.url).get('/').auth(token, { type: 'bearer' }).expect(200);
  });
});
