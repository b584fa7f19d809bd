import type { OpenAPIObject } from '@nestjs/swagger';
import { TestIssuer } from 'nestjs-propelauth/testing';
import request from 'supertest';
import { readConfiguration } from '../src/configuration/read-configuration.js';
import { ACME } from '../src/local-users.js';
import { startSampleAppWith, type SampleApp } from './sample-app.js';

const AUTH_URL = 'https://auth.example.com';
const ENVIRONMENT = { PROPELAUTH_AUTH_URL: AUTH_URL, PROPELAUTH_API_KEY: 'the-api-key' };
const USER = { userId: 'a-user-of-the-project' };

describe.each([
  ['with a PropelAuth project', []],
  ['with a PropelAuth project and --local-issuer', ['--local-issuer']],
])('the app %s', (_case, args) => {
  let issuer: TestIssuer;
  let sampleApp: SampleApp;

  beforeAll(async () => {
    issuer = await TestIssuer.create({ authUrl: AUTH_URL });
    sampleApp = await startSampleAppWith(issuer, readConfiguration(ENVIRONMENT, args));
  });

  afterAll(() => sampleApp.close());

  it('accepts access tokens of that project', async () => {
    await request(sampleApp.url)
      .get('/')
      .auth(await issuer.accessToken(USER), { type: 'bearer' })
      .expect(200, { message: 'Hello a-user-of-the-project' });
  });

  it('issues no access tokens', async () => {
    await request(sampleApp.url).get('/api/v1/refresh_token?user=alice').expect(404);
    await request(sampleApp.url).get('/propelauth/oauth/authorize').expect(404);
    await request(sampleApp.url).post('/propelauth/oauth/authorize').expect(404);
    await request(sampleApp.url).post('/propelauth/oauth/token').expect(404);
    await request(sampleApp.url).get('/propelauth/users').expect(404);
  });

  it('does not explain rejections', async () => {
    await request(sampleApp.url)
      .get(`/api/org/${ACME.orgId}/check`)
      .auth(await issuer.accessToken(USER), { type: 'bearer' })
      .expect(403, { statusCode: 403, message: 'Forbidden' });
  });

  it('listens on all addresses and accepts any host', async () => {
    expect(['::', '0.0.0.0']).toContain(sampleApp.address.address);
    await request(sampleApp.url)
      .get('/api/whoami_optional')
      .set('Host', 'api.example.com')
      .expect(200, {});
  });

  it('documents where its access tokens come from, and no local users', async () => {
    const { body } = await request(sampleApp.url).get('/docs-json').expect(200);
    const { description } = (body as OpenAPIObject).info;
    expect(description).toContain(`${AUTH_URL}/api/v1/refresh_token`);
    expect(description).not.toContain('alice');
  });

  it('documents pasting an access token or an API key, if no OAuth2 client is set', async () => {
    const { body } = await request(sampleApp.url).get('/docs-json').expect(200);
    expect(Object.keys((body as OpenAPIObject).components?.securitySchemes ?? {})).toEqual([
      'bearer',
      'apiKey',
    ]);
  });
});

describe('the app with an OAuth2 client of a PropelAuth project', () => {
  it('documents signing in with that client', async () => {
    const environment = { ...ENVIRONMENT, PROPELAUTH_OAUTH_CLIENT_ID: 'the-client' };
    const sampleApp = await startSampleAppWith(
      await TestIssuer.create({ authUrl: AUTH_URL }),
      readConfiguration(environment, []),
    );
    try {
      const { body } = await request(sampleApp.url).get('/docs-json').expect(200);
      expect((body as OpenAPIObject).components?.securitySchemes?.['oauth2']).toMatchObject({
        flows: {
          authorizationCode: { authorizationUrl: `${AUTH_URL}/propelauth/oauth/authorize` },
        },
      });
      expect((body as OpenAPIObject).info.description).toContain('sign in');
      const { text } = await request(sampleApp.url).get('/docs/swagger-ui-init.js').expect(200);
      expect(text).toContain('"clientId": "the-client"');
    } finally {
      await sampleApp.close();
    }
  });
});
