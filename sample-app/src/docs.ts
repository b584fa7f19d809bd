import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import type { Configuration } from './configuration/configuration.js';
import { PEOPLE } from './local-issuer/people.js';
import { refreshTokenUrl } from './refresh-token-url.js';

/** Serves Swagger UI at /docs, with an Authorize button for the access token. */
export function setUpDocs(app: INestApplication, configuration: Configuration): void {
  const description = new DocumentBuilder()
    .setTitle('Sample app of nestjs-propelauth')
    .setDescription(howToAuthorize(configuration))
    .addBearerAuth()
    .build();
  SwaggerModule.setup('docs', app, SwaggerModule.createDocument(app, description));
}

/** In Markdown, as Swagger UI understands it. */
function howToAuthorize(configuration: Configuration): string {
  if (configuration.mode === 'propelauth') {
    const url = refreshTokenUrl(configuration.authUrl);
    return `Sign in, open ${url} and paste the \`access_token\` into **Authorize**.`;
  }
  const people = PEOPLE.map(
    ({ name, role }) => `[${name}](/api/v1/refresh_token?user=${name}) (${role ?? 'in no org'})`,
  );
  return `Open one of ${people.join(', ')} and paste the \`access_token\` into **Authorize**.`;
}
