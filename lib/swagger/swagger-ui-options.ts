import type { OpenAPIObject, SwaggerCustomOptions } from '@nestjs/swagger';
import { isProduction } from '../values/node-environment.js';
import { findClientId } from './security-schemes.js';
import { SWAGGER_UI_PLUGIN } from './swagger-ui-plugin.js';

type SwaggerUiOptions = NonNullable<SwaggerCustomOptions['swaggerOptions']>;

/**
 * The page to which the login redirects the browser. By default, Swagger UI looks for it next to `/docs`, at `/oauth2-redirect.html`,
 * unless the address ends with a slash. SwaggerModule writes functions into the page as source text, so this function becomes an expression
 * that reads the address in the browser.
 */
const REDIRECT_URL_IN_BROWSER = Object.assign(() => '', {
  toString: () =>
    String.raw`new URL(location.pathname.replace(/\/?(index\.html)?$/, '/oauth2-redirect.html'), location.origin).href`,
}) as unknown as string;

/**
 * The options of Swagger UI. The token survives a reload during development. Sign-in uses PKCE (RFC 7636), never a secret.
 *
 * @param build returns the document, created on the first call
 * @param options the options of the application
 */
export function createSwaggerUiOptions(
  build: () => OpenAPIObject,
  options: SwaggerUiOptions = {},
): SwaggerUiOptions {
  return {
    persistAuthorization: !isProduction(),
    oauth2RedirectUrl: REDIRECT_URL_IN_BROWSER,
    ...options,
    plugins: [...(options.plugins ?? []), SWAGGER_UI_PLUGIN],
    // A getter, because the document may not exist until the page is first requested.
    get initOAuth() {
      const clientId = findClientId(build());
      if (clientId === undefined) return options.initOAuth;
      const { clientSecret: _neverInBrowsers, ...initOAuth } = options.initOAuth ?? {};
      return { ...initOAuth, clientId, usePkceWithAuthorizationCodeGrant: true };
    },
  };
}
