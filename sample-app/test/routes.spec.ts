import request from 'supertest';
import { accessTokenOf, ACME_ID, startSampleApp, type SampleApp } from './sample-app.js';

type Caller = 'alice' | 'bob' | 'carol' | 'dave' | 'nobody';

const ORG = '/api/org/:orgId';

const STATUS: Record<string, Record<Caller, number>> = {
  '/': { alice: 200, bob: 200, carol: 200, dave: 200, nobody: 401 },
  '/api/whoami_optional': { alice: 200, bob: 200, carol: 200, dave: 200, nobody: 200 },
  '/api/health': { alice: 200, bob: 200, carol: 200, dave: 200, nobody: 200 },
  [`${ORG}/check`]: { alice: 200, bob: 200, carol: 200, dave: 403, nobody: 401 },
  [`${ORG}/admin_only`]: { alice: 403, bob: 200, carol: 403, dave: 403, nobody: 401 },
  [`${ORG}/admin_or_owner`]: { alice: 200, bob: 200, carol: 403, dave: 403, nobody: 401 },
  [`${ORG}/billing`]: { alice: 200, bob: 200, carol: 403, dave: 403, nobody: 401 },
};

const CALLS = Object.entries(STATUS).flatMap(([path, callers]) =>
  Object.entries(callers).map(([caller, status]) => ({ path, caller, status })),
);

const BODIES = [
  {
    path: '/',
    caller: 'alice',
    body: { message: 'Hello a11ce000-0000-4000-8000-000000000001' },
  },
  {
    path: '/api/whoami_optional',
    caller: 'dave',
    body: { user_id: 'da4e0000-0000-4000-8000-000000000004' },
  },
  { path: '/api/whoami_optional', caller: 'nobody', body: {} },
  { path: '/api/health', caller: 'nobody', body: { status: 'ok' } },
  { path: `${ORG}/check`, caller: 'carol', body: { message: 'You are in Acme Inc' } },
  { path: `${ORG}/admin_only`, caller: 'bob', body: { message: 'You are an Admin of Acme Inc' } },
  {
    path: `${ORG}/admin_or_owner`,
    caller: 'alice',
    body: { message: 'You are an Admin or Owner of Acme Inc' },
  },
  {
    path: `${ORG}/billing`,
    caller: 'alice',
    body: { message: 'You may see the bills of Acme Inc' },
  },
];

describe('the routes', () => {
  let sampleApp: SampleApp;

  beforeAll(async () => {
    sampleApp = await startSampleApp();
  });

  afterAll(() => sampleApp.close());

  async function call(path: string, caller: string, orgId: string = ACME_ID) {
    const calling = request(sampleApp.url).get(path.replace(':orgId', orgId));
    if (caller === 'nobody') return calling;
    return calling.auth(await accessTokenOf(caller, sampleApp), { type: 'bearer' });
  }

  it.each(CALLS)('$path returns for $caller: $status', async ({ path, caller, status }) => {
    expect((await call(path, caller)).status).toBe(status);
  });

  it.each(BODIES)('$path returns to $caller: $body', async ({ path, caller, body }) => {
    expect((await call(path, caller)).body).toEqual(body);
  });

  it('reject members of another organization', async () => {
    const { status } = await call(`${ORG}/check`, 'alice', '0e1f0000-0000-4000-8000-000000000000');
    expect(status).toBe(403);
  });

  it('ignore an invalid token at /api/whoami_optional', async () => {
    await request(sampleApp.url)
      .get('/api/whoami_optional')
      .auth('not-a-token', { type: 'bearer' })
      .expect(200, {});
  });

  it('say to clients what they can do about a rejection', async () => {
    const { body } = await call(`${ORG}/billing`, 'carol');
    expect(body).toMatchObject({ statusCode: 403, code: 'org_access_denied' });
  });
});
