import { OAuthClient } from './local-issuer/oauth/oauth-client.js';

/** Where Swagger UI is. */
export const DOCS_PATH = 'docs';

/** Swagger UI as a client of the local issuer; in PropelAuth's dashboard it would be registered so. */
export function createDocsClient(origin: string): OAuthClient {
  return new OAuthClient('sample-app-docs', docsRedirectUri(origin));
}

/** The page of Swagger UI that takes the code. */
function docsRedirectUri(origin: string): string {
  return `${origin}/${DOCS_PATH}/oauth2-redirect.html`;
}
