import { PropelAuthModule } from 'nestjs-propelauth';
import request from 'supertest';
import { startApplication } from '../../support/application.js';
import { alice } from '../../support/claims.js';
import { GuardedRoutesController } from '../../support/guarded-routes.js';
import { Issuer } from '../../support/issuer.js';
import { API_KEY, AUTH_URL } from '../../support/project.js';
import { PropelAuthServer } from '../../support/propelauth-server.js';

const issuer = new Issuer();

/** Starts an application with these options; what it gives back asks it, and tells the status of the answer. */
async function start(options: object = {}) {
  const { url } = await startApplication({
    imports: [PropelAuthModule.forRoot({ authUrl: AUTH_URL, apiKey: API_KEY, ...options })],
    controllers: [GuardedRoutesController],
  });
  return async (token: Promise<string>) => {
    const { status } = await request(url)
      .get('/required')
      .set('Authorization', `Bearer ${await token}`);
    return status;
  };
}

describe('The verification key', () => {
  let propelAuth: PropelAuthServer;

  beforeEach(async () => {
    propelAuth = await PropelAuthServer.start();
    propelAuth.answersWithKey(issuer.keys.publicKeyPem);
  });

  it('is fetched from PropelAuth once, before the first request arrives', async () => {
    const statusOf = await start();
    expect(propelAuth.requests).toMatchObject([{ path: '/api/v1/token_verification_metadata' }]);
    for (let count = 0; count < 3; count++) {
      expect(await statusOf(issuer.accessToken(alice))).toBe(200);
    }
    expect(propelAuth.requests).toHaveLength(1);
  });

  it('is never fetched when it is configured, whatever token comes', async () => {
    const statusOf = await start(issuer.moduleOptions);
    expect(await statusOf(issuer.accessToken(alice))).toBe(200);
    expect(await statusOf(new Issuer().accessToken(alice))).toBe(401);
    expect(propelAuth.requests).toEqual([]);
  });

  it('belongs to the issuer of authUrl', async () => {
    const authUrl = 'https://other.example.com';
    const statusOf = await start({ authUrl });
    expect(await statusOf(issuer.accessToken(alice))).toBe(401);
    expect(await statusOf(issuer.accessToken({ ...alice, iss: authUrl }))).toBe(200);
  });
});
