import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder } from '@nestjs/swagger';
import { PropelAuthSwagger } from 'nestjs-propelauth/swagger';

/** Serves Swagger UI at /docs, with an Authorize button for signing in and for access tokens. */
export function setUpDocs(app: INestApplication): void {
  const config = new DocumentBuilder()
    .setTitle('Sample app of nestjs-propelauth')
    .setDescription('Press **Authorize** and sign in, or paste an access token.')
    .build();
  const document = PropelAuthSwagger.createDocument(app, config, {
    // The emulator accepts any client. A PropelAuth project knows its own only.
    oauth2: { clientId: process.env.PROPELAUTH_OAUTH_CLIENT_ID ?? 'sample-app-docs' },
  });
  PropelAuthSwagger.setup('docs', app, document);
}
