import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder } from '@nestjs/swagger';
import { PropelAuthSwagger, type SwaggerOAuth2Options } from 'nestjs-propelauth/swagger';
import type { Configuration } from './configuration/configuration.js';
import { createDocsClient, DOCS_PATH } from './docs-client.js';
import { USERS } from './local-users.js';
import { refreshTokenUrl } from './refresh-token-url.js';

/** Serves Swagger UI at /docs, with an Authorize button for access tokens and for signing in. */
export function setUpDocs(app: INestApplication, configuration: Configuration): void {
  const description = new DocumentBuilder()
    .setTitle('Sample app of nestjs-propelauth')
    .setDescription(howToAuthorize(configuration))
    .build();
  const document = PropelAuthSwagger.createDocument(app, description, {
    oauth2: oauth2Of(configuration),
  });
  PropelAuthSwagger.setup(DOCS_PATH, app, document);
}

/** The client for signing in: of a PropelAuth project only if there is one. */
function oauth2Of(configuration: Configuration): SwaggerOAuth2Options | undefined {
  const clientId =
    configuration.mode === 'local-issuer'
      ? createDocsClient(configuration.origin).clientId
      : configuration.oauthClientId;
  return clientId === undefined ? undefined : { clientId };
}

/** In Markdown, as Swagger UI understands it. */
function howToAuthorize(configuration: Configuration): string {
  if (configuration.mode === 'propelauth') {
    const url = refreshTokenUrl(configuration.authUrl);
    const pasting = `open ${url} and paste the \`access_token\` into **Authorize**.`;
    return configuration.oauthClientId === undefined
      ? `Sign in, ${pasting}`
      : `Press **Authorize** and sign in; or, signed in already, ${pasting}`;
  }
  const links = USERS.map(
    ({ name, role }) => `[${name}](/api/v1/refresh_token?user=${name}) (${role ?? 'in no org'})`,
  );
  const choices = new Intl.ListFormat('en', { type: 'disjunction' }).format(links);
  return `Press **Authorize** and sign in, or paste the \`access_token\` of ${choices} there.`;
}
