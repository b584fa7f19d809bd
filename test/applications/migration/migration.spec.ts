import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { PropelAuthApi, PropelAuthModule } from 'nestjs-propelauth';
import { accessTable, overridePropelAuth } from 'nestjs-propelauth/testing';
import { beforeTests, startApplication } from '../../support/application.js';
import { emulatorOf } from '../../support/emulator.js';
import { issuer, request } from '../../support/guarded-application.js';
import { ACME_ID, GLOBEX_ID } from '../../support/project.js';
import { hmacSignature, rawToken, rsaSignature } from '../../support/raw-token.js';
import { messageOf } from '../../support/start-error.js';
import { AppModule } from './app.module.js';
import { ProjectsController } from './projects.controller.js';
import { UserMover } from './user-mover.js';

const ISSUER = 'https://acme.eu.auth0.com/';
const OLD_ID = 'auth0|alice';
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const keySet = { keys: [{ ...publicKey.export({ format: 'jwk' }), alg: 'RS256', kid: 'old' }] };

const emulator = emulatorOf(issuer);
const application = beforeTests(() =>
  startApplication({ imports: [AppModule] }, undefined, (builder) =>
    overridePropelAuth(builder, { emulator }),
  ),
);

let isOldSignInDown = false;
const fetchBefore = globalThis.fetch;

beforeAll(() => {
  globalThis.fetch = async (input) => {
    const isKeySet = input === `${ISSUER}.well-known/jwks.json`;
    if (isOldSignInDown || !isKeySet) throw new TypeError('fetch failed');
    return Response.json(keySet);
  };
});

afterAll(() => {
  globalThis.fetch = fetchBefore;
});

/** A token of the sign-in before PropelAuth, altered. */
function oldToken(
  changes: Record<string, unknown> = {},
  { alg = 'RS256', signature = rsaSignature(privateKey) } = {},
): string {
  const exp = Math.floor(Date.now() / 1000) + 600;
  const payload = { iss: ISSUER, aud: 'https://api.acme.example', sub: OLD_ID, exp, ...changes };
  return rawToken({ header: { alg, kid: 'old' }, payload, signature });
}

async function statusOf(method: 'get' | 'post', path: string, token: string): Promise<number> {
  const call = request(application.url)[method](path);
  return (await call.set('Authorization', `Bearer ${token}`)).status;
}

function pemOf(key: KeyObject): string {
  return String(key.export({ type: 'spki', format: 'pem' }));
}

describe('A migration', () => {
  it('rejects old tokens with 503 while their keys cannot be fetched', async () => {
    isOldSignInDown = true;
    const newToken = await issuer.accessToken({ userId: 'user-new' });
    expect(await statusOf('get', '/projects', oldToken())).toBe(503);
    expect(await statusOf('get', '/projects', newToken)).toBe(200);
    isOldSignInDown = false;
  });

  it('accepts old tokens', async () => {
    const call = request(application.url).get('/projects');
    const { body } = await call.set('Authorization', `Bearer ${oldToken()}`);
    expect(body).toEqual({ ownerId: OLD_ID });
  });

  it('gives a user who has moved the rows of the old id', async () => {
    const mover = application.app.get(UserMover);
    const { orgId } = await application.app
      .get(PropelAuthApi)
      .createOrg({ name: 'Acme', legacyOrgId: 'org-7' });
    const old = {
      id: OLD_ID,
      email: 'alice@example.com',
      isEmailVerified: true,
      passwordHash: '$2b$10$abcdefghijklmnopqrstuv',
      orgs: [{ orgId, role: 'Admin' }],
    };
    const userId = await mover.move(old);
    expect(await mover.move(old)).toBe(userId);
    const user = emulator.user('alice@example.com');
    expect(user).toMatchObject({ userId, legacyUserId: OLD_ID });
    await request(application.url, user).get('/projects').expect(200, { ownerId: OLD_ID });
    await request(application.url, user).post(`/orgs/${orgId}/projects`).expect(201);
  });

  it('does not give the rows of an old user to one who has signed up with the email address', async () => {
    emulator.addUser({ userId: 'user-mallory', email: 'erin@example.com' });
    const old = { id: 'auth0|erin', email: 'erin@example.com', isEmailVerified: true, orgs: [] };
    await expect(application.app.get(UserMover).move(old)).rejects.toThrow(
      'user-mallory has the email address of auth0|erin, but has signed up',
    );
  });

  it('checks the organizations of old users', async () => {
    const create = (orgId: string, token = oldToken()) =>
      statusOf('post', `/orgs/${orgId}/projects`, token);
    expect(await create(ACME_ID)).toBe(201);
    expect(await create(GLOBEX_ID)).toBe(403);
    expect(await create(ACME_ID, oldToken({ sub: 'auth0|erin' }))).toBe(403);
  });

  it.each<[what: string, token: string]>([
    ['has expired', oldToken({ exp: 1 })],
    ['never expires', oldToken({ exp: undefined })],
    ['names no user', oldToken({ sub: undefined })],
    ['is for another API', oldToken({ aud: 'https://other.acme.example' })],
    ['is of another issuer', oldToken({ iss: 'https://acme.eu.auth0.com' })],
    ['is altered', oldToken({}, { alg: 'RS256', signature: () => Buffer.from('altered') })],
    [
      'is signed with the public key as a secret',
      oldToken({}, { alg: 'HS256', signature: hmacSignature(pemOf(publicKey)) }),
    ],
  ])('rejects an old token that %s', async (_what, token) => {
    expect(await statusOf('get', '/projects', token)).toBe(401);
  });

  it('is in the access table', () => {
    expect(accessTable(application.app)).toEqual({
      'GET /projects': 'user or legacy user',
      'POST /orgs/:orgId/projects': 'user or legacy user: Admin and above of the org in path orgId',
    });
  });

  it('ends with a startup error for each handler that still accepts old tokens', async () => {
    const imports = [PropelAuthModule.forRoot(issuer.moduleOptions)];
    const starting = startApplication({ imports, controllers: [ProjectsController] });
    expect(await messageOf(starting)).toContain(
      "- ProjectsController.list (GET /projects): The handler accepts callers of the kind 'legacy-user', which the application does not have.",
    );
  });
});
