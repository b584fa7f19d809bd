import { DocumentBuilder, type OpenAPIObject } from '@nestjs/swagger';
import { PropelAuthModule, RequireCaller, RequireUser } from 'nestjs-propelauth';
import { PropelAuthSwagger } from 'nestjs-propelauth/swagger';
import { TestIssuer } from 'nestjs-propelauth/testing';
import { runInNewContext } from 'node:vm';
import request from 'supertest';
import { kindRoute, PersonalTokens, ServiceTokens, ShareLinks } from '../callers/own/kinds.js';
import { startApplication } from '../support/application.js';
import { API_KEY } from '../support/project.js';
import { routeUnder } from '../support/routes.js';

const issuer = await TestIssuer.create();

const controllers = [routeUnder('', RequireUser())];

describe('Swagger UI', () => {
  it('is served with the document, and with options that its page understands', async () => {
    const moduleOptions = { ...issuer.moduleOptions, apiKey: API_KEY };
    const { url } = await startApplication(
      { imports: [PropelAuthModule.forRoot(moduleOptions)], controllers },
      (app) => {
        const oauth2 = { clientId: 'the-client' };
        const build = () =>
          PropelAuthSwagger.createDocument(app, new DocumentBuilder().build(), { oauth2 });
        const initOAuth = { clientSecret: 'secret', appName: 'My API' };
        PropelAuthSwagger.setup('docs', app, build, { swaggerOptions: { initOAuth } });
      },
    );
    await request(url)
      .get('/docs')
      .expect(200)
      .expect(/swagger-ui/);
    const { body } = await request(url).get('/docs-json').expect(200);
    expect(body).toHaveProperty('components.securitySchemes.bearer');
    const { text } = await request(url).get('/docs/swagger-ui-init.js').expect(200);
    const expression = /let options = (\{.*?\n\});/s.exec(text)?.[1] ?? '';
    const page = { URL, location: { origin: 'https://api.example.com', pathname: '/docs' } };
    const { customOptions } = runInNewContext(`(${expression})`, page) as { customOptions: object };
    // Of this realm, with null for the plugin, which is a function.
    expect(JSON.parse(JSON.stringify(customOptions))).toMatchObject({
      persistAuthorization: true,
      oauth2RedirectUrl: 'https://api.example.com/docs/oauth2-redirect.html',
      initOAuth: {
        appName: 'My API',
        clientId: 'the-client',
        usePkceWithAuthorizationCodeGrant: true,
      },
      plugins: [null],
    });
    expect(text).not.toContain('secret');
  });

  it('accepts an existing document', async () => {
    const application = await startApplication(
      { imports: [PropelAuthModule.forRoot(issuer.moduleOptions)], controllers },
      (app) => {
        const document = PropelAuthSwagger.createDocument(app, new DocumentBuilder().build());
        PropelAuthSwagger.setup('docs', app, document);
      },
    );
    const { body } = await request(application.url).get('/docs-json').expect(200);
    expect(body).toHaveProperty('components.securitySchemes.bearer');
  });

  it('accepts a document made before the application starts, which is the one made later', async () => {
    const kinds = [ServiceTokens, PersonalTokens, ShareLinks];
    const options = { ...issuer.moduleOptions, callerKinds: kinds };
    const config = new DocumentBuilder().build();
    let made: OpenAPIObject | undefined;
    const { app } = await startApplication(
      {
        imports: [PropelAuthModule.forRoot(options)],
        controllers: [
          kindRoute('services', RequireCaller('service', 'user')),
          kindRoute('tokens', RequireCaller('pat', 'user')),
          kindRoute('albums/:share', RequireCaller('share-link')),
        ],
        providers: kinds,
      },
      (starting) => void (made = PropelAuthSwagger.createDocument(starting, config)),
    );
    expect(made).toHaveProperty('components.securitySchemes.service');
    expect(made).toEqual(PropelAuthSwagger.createDocument(app, config));
  });
});
