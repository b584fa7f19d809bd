import type { OpenAPIObject } from '@nestjs/swagger';
import { runInNewContext } from 'node:vm';
import { createSecuritySchemes } from './security-schemes.js';
import { createSwaggerUiOptions } from './swagger-ui-options.js';
import { SWAGGER_UI_PLUGIN } from './swagger-ui-plugin.js';

const NODE_ENV = process.env['NODE_ENV'];
afterEach(() => {
  process.env['NODE_ENV'] = NODE_ENV;
});

/** A document, with the OAuth2 client of an application that has one. */
function documentWith(clientId?: string): OpenAPIObject {
  const oauth2 = clientId === undefined ? undefined : { clientId };
  const securitySchemes = createSecuritySchemes('https://auth.example.com', oauth2);
  return { components: { securitySchemes } } as OpenAPIObject;
}

const optionsFor = (own?: Parameters<typeof createSwaggerUiOptions>[1], clientId?: string) =>
  createSwaggerUiOptions(() => documentWith(clientId), own);

describe('The options of Swagger UI', () => {
  it.each([
    ['development', undefined, true],
    ['production', undefined, false],
    [' Production ', undefined, false],
    ['production', true, true],
    ['development', false, false],
  ])('keep the token under %s, requested for %s: %s', (environment, asked, kept) => {
    process.env['NODE_ENV'] = environment;
    const own = asked === undefined ? {} : { persistAuthorization: asked };
    expect(optionsFor(own).persistAuthorization).toBe(kept);
  });

  it('sign in with PKCE and the client of the document, never with a secret', () => {
    const own = { initOAuth: { clientSecret: 'secret', appName: 'My API' } };
    expect(optionsFor(own, 'the-client').initOAuth).toEqual({
      appName: 'My API',
      clientId: 'the-client',
      usePkceWithAuthorizationCodeGrant: true,
    });
  });

  it.each(['/docs', '/docs/', '/docs/index.html', '/behind/a/proxy/docs'])(
    'redirect the login to a page next to %s',
    (pathname) => {
      const page = { URL, location: { origin: 'https://api.example.com', pathname } };
      expect(runInNewContext(String(optionsFor().oauth2RedirectUrl), page)).toBe(
        `https://api.example.com${pathname.replace(/docs.*/, 'docs')}/oauth2-redirect.html`,
      );
    },
  );

  it('are those of the application, with its plugins in front', () => {
    const own = {
      docExpansion: 'none' as const,
      initOAuth: { clientId: 'of-another-scheme' },
      oauth2RedirectUrl: 'https://api.example.com/elsewhere',
      plugins: [() => ({})],
    };
    expect(optionsFor(own)).toMatchObject({
      ...own,
      plugins: [own.plugins[0], SWAGGER_UI_PLUGIN],
    });
  });
});
