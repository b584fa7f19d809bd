import { Controller, Get } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, type SwaggerCustomOptions } from '@nestjs/swagger';
import { PropelAuthModule, RequireUser } from 'nestjs-propelauth';
import {
  PropelAuthSwagger,
  type PropelAuthSwaggerDocumentOptions,
} from 'nestjs-propelauth/swagger';
import { TestIssuer } from 'nestjs-propelauth/testing';
import { runInNewContext } from 'node:vm';
import request from 'supertest';
import { PersonalTokens, Routes, ServiceTokens, ShareLinks } from '../callers/own/kinds.js';
import { startApplication, type RunningApplication } from '../support/application.js';
import { API_KEY } from '../support/project.js';

const issuer = await TestIssuer.create();

@Controller()
class UserController {
  @Get()
  @RequireUser()
  user() {}
}

describe('Swagger UI', () => {
  let application: RunningApplication;
  const nodeEnvironment = process.env['NODE_ENV'];

  afterEach(() => {
    process.env['NODE_ENV'] = nodeEnvironment;
  });

  /** The options that the page starts Swagger UI with. */
  async function readUiOptions(
    options?: SwaggerCustomOptions,
    documentOptions?: PropelAuthSwaggerDocumentOptions,
    pathname = '/docs',
  ): Promise<Record<string, unknown>> {
    application = await startApplication(
      {
        imports: [PropelAuthModule.forRoot({ ...issuer.moduleOptions, apiKey: API_KEY })],
        controllers: [UserController],
      },
      (app) => {
        const config = new DocumentBuilder().build();
        const build = () => PropelAuthSwagger.createDocument(app, config, documentOptions);
        PropelAuthSwagger.setup('docs', app, build, options);
      },
    );
    const { text } = await request(application.url).get('/docs/swagger-ui-init.js').expect(200);
    const expression = /let options = (\{.*?\n\});/s.exec(text)?.[1] ?? '';
    const page = { URL, location: { origin: 'https://api.example.com', pathname } };
    const { customOptions } = runInNewContext(`(${expression})`, page) as {
      customOptions: Record<string, unknown>;
    };
    // Of this realm, with null for each plugin, which is a function.
    return JSON.parse(JSON.stringify(customOptions)) as Record<string, unknown>;
  }

  it('is served with the document', async () => {
    await readUiOptions();
    const { url } = application;
    await request(url)
      .get('/docs')
      .expect(200)
      .expect(/swagger-ui/);
    const { body } = await request(url).get('/docs-json').expect(200);
    expect(body).toHaveProperty('components.securitySchemes.bearer');
  });

  it('accepts an existing document', async () => {
    application = await startApplication(
      { imports: [PropelAuthModule.forRoot(issuer.moduleOptions)], controllers: [UserController] },
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
        controllers: [Routes],
        providers: kinds,
      },
      (starting) => void (made = PropelAuthSwagger.createDocument(starting, config)),
    );
    expect(made).toHaveProperty('components.securitySchemes.service');
    expect(made).toEqual(PropelAuthSwagger.createDocument(app, config));
  });

  it.each([
    ['development', undefined, true],
    ['production', undefined, false],
    [' Production ', undefined, false],
    ['production', true, true],
    ['development', false, false],
  ])('keeps the token under %s, requested for %s: %s', async (environment, asked, kept) => {
    process.env['NODE_ENV'] = environment;
    const swaggerOptions = asked === undefined ? {} : { persistAuthorization: asked };
    expect(await readUiOptions({ swaggerOptions })).toMatchObject({ persistAuthorization: kept });
  });

  it('signs in with PKCE and the client of the document, never with a secret', async () => {
    const swaggerOptions = { initOAuth: { clientSecret: 'secret', appName: 'My API' } };
    const options = await readUiOptions({ swaggerOptions }, { oauth2: { clientId: 'the-client' } });
    expect(options['initOAuth']).toEqual({
      appName: 'My API',
      clientId: 'the-client',
      usePkceWithAuthorizationCodeGrant: true,
    });
  });

  it.each(['/docs', '/docs/', '/docs/index.html', '/behind/a/proxy/docs'])(
    'redirects the login to a page next to %s',
    async (pathname) => {
      const options = await readUiOptions(undefined, { oauth2: { clientId: 'it' } }, pathname);
      expect(options['oauth2RedirectUrl']).toBe(
        `https://api.example.com${pathname.replace(/docs.*/, 'docs')}/oauth2-redirect.html`,
      );
    },
  );

  it('redirects the login to the configured page', async () => {
    const oauth2RedirectUrl = 'https://api.example.com/elsewhere';
    expect(await readUiOptions({ swaggerOptions: { oauth2RedirectUrl } })).toMatchObject({
      oauth2RedirectUrl,
    });
  });

  it('keeps the application’s own options', async () => {
    const swaggerOptions = { docExpansion: 'none', initOAuth: { clientId: 'of-another-scheme' } };
    expect(await readUiOptions({ swaggerOptions })).toMatchObject(swaggerOptions);
  });

  it('keeps the application’s own plugins, before its own', async () => {
    const plugins = [() => ({})];
    expect(await readUiOptions({ swaggerOptions: { plugins } })).toMatchObject({
      plugins: [null, null],
    });
  });
});
