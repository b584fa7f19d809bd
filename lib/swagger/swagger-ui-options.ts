import type { OpenAPIObject, SwaggerCustomOptions } from '@nestjs/swagger';
import { findClientId } from './security-schemes.js';

type SwaggerUiOptions = NonNullable<SwaggerCustomOptions['swaggerOptions']>;

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
