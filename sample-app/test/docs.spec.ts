import type { OpenAPIObject } from '@nestjs/swagger';
import request from 'supertest';
import { ACME_ID, startSampleApp, type SampleApp } from './sample-app.js';

const ORG = '/api/org/{orgId}';
const ORG_PATHS = ['check', 'admin_only', 'admin_or_owner', 'billing'].map(
  (name) => `${ORG}/${name}`,
);

describe('/docs', () => {
  let sampleApp: SampleApp;
  let document: OpenAPIObject;

  beforeAll(async () => {
    sampleApp = await startSampleApp();
    document = (await request(sampleApp.url).get('/docs-json').expect(200)).body as OpenAPIObject;
  });

  afterAll(() => sampleApp.close());

  it('serves Swagger UI', async () => {
    const { text } = await request(sampleApp.url).get('/docs').expect(200);
    expect(text).toContain('swagger-ui');
  });

  it('lists each route, except that of webhooks', () => {
    expect(Object.keys(document.paths).toSorted()).toEqual(
      [
        '/',
        '/api/whoami_optional',
        '/api/health',
        '/api/script',
        '/api/withdrawals',
        '/api/account/closing',
        `${ORG}/report`,
        ...ORG_PATHS,
      ].toSorted(),
    );
  });

  it('has an Authorize button for access tokens', () => {
    expect(document.components?.securitySchemes?.['bearer']).toMatchObject({
      type: 'http',
      scheme: 'bearer',
    });
  });

  it('has an Authorize button for signing in at PropelAuth', async () => {
    expect(document.components?.securitySchemes?.['oauth2']).toMatchObject({
      type: 'oauth2',
      flows: {
        authorizationCode: {
          authorizationUrl: 'https://auth.example.com/propelauth/oauth/authorize',
          tokenUrl: 'https://auth.example.com/propelauth/oauth/token',
        },
      },
    });
    const { text } = await request(sampleApp.url).get('/docs/swagger-ui-init.js').expect(200);
    expect(text).toContain('"clientId": "sample-app-docs"');
  });

  it('is the redirect URI for codes', async () => {
    await request(sampleApp.url).get('/docs/oauth2-redirect.html').expect(200);
  });

  it.each(['/', ...ORG_PATHS])('sends the access token to %s', (path) => {
    expect(document.paths[path]?.get?.security).toEqual([{ bearer: [] }, { oauth2: [] }]);
  });

  it('marks the access token of /api/whoami_optional as optional', () => {
    expect(document.paths['/api/whoami_optional']?.get?.security).toEqual([
      {},
      { bearer: [] },
      { oauth2: [] },
    ]);
  });

  it('sends no access token to /api/health', () => {
    expect(document.paths['/api/health']?.get?.security).toEqual([]);
  });

  it.each(ORG_PATHS)('fills in Acme at %s', (path) => {
    expect(document.paths[path]?.get?.parameters).toEqual([
      expect.objectContaining({
        name: 'orgId',
        in: 'path',
        required: true,
        schema: { type: 'string', example: ACME_ID },
      }),
    ]);
  });

  it('describes who each route is for', () => {
    for (const { get, post } of Object.values(document.paths)) {
      expect((get ?? post)?.summary).toMatch(/^For /);
    }
  });
});
