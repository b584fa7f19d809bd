import type { LocalOAuthClient } from 'nestjs-propelauth/local';

/** Where Swagger UI is. */
export const DOCS_PATH = 'docs';

/** Swagger UI as a client of the local issuer; in PropelAuth's dashboard it would be registered so. */
export function createDocsClient(origin: string): LocalOAuthClient {
  return { clientId: 'sample-app-docs', redirectUri: docsRedirectUri(origin) };
}

/** The page of Swagger UI that takes the code. */
function docsRedirectUri(origin: string): string {
  return `${origin}/${DOCS_PATH}/oauth2-redirect.html`;
}
