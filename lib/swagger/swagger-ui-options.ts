import type { OpenAPIObject, SwaggerCustomOptions } from '@nestjs/swagger';
import { findClientId } from './security-schemes.js';

type SwaggerUiOptions = NonNullable<SwaggerCustomOptions['swaggerOptions']>;

/**
 * The page to which the login redirects the browser. Swagger UI would look for it next to `/docs`, at `/oauth2-redirect.html`, unless the
 * address ends with a slash. SwaggerModule writes functions into the page as source text, so this is an expression there, and uses the
 * address in the browser.
 */
const REDIRECT_URL_IN_BROWSER = Object.assign(() => '', {
  toString: () =>
    String.raw`new URL(location.pathname.replace(/\/?(index\.html)?$/, '/oauth2-redirect.html'), location.origin).href`,
}) as unknown as string;

/**
 * The options of Swagger UI: the token survives a reload while developing, and signing in uses PKCE (RFC 7636), never a secret.
 *
 * @param build makes the document, or gives the one that was made
 * @param options the user's own
 */
export function createSwaggerUiOptions(
  build: () => OpenAPIObject,
  options: SwaggerUiOptions = {},
): SwaggerUiOptions {
  return {
    persistAuthorization: process.env['NODE_ENV'] !== 'production',
    oauth2RedirectUrl: REDIRECT_URL_IN_BROWSER,
    ...options,
    // Read when the page is first asked for: only then is there a document.
    get initOAuth() {
      const clientId = findClientId(build());
      if (clientId === undefined) return options.initOAuth;
      const { clientSecret: _neverInBrowsers, ...initOAuth } = options.initOAuth ?? {};
      return { ...initOAuth, clientId, usePkceWithAuthorizationCodeGrant: true };
    },
  };
}
