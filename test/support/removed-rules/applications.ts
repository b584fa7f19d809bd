import { randomUUID } from 'node:crypto';
import type { INestApplication } from '@nestjs/common';
import type { CredentialNeeds } from 'nestjs-propelauth/testing';
import { AlbumsModule } from '../../applications/albums/albums.module.js';
import { ApplicationModule } from '../../applications/collections/application.module.js';
import { TokenRows } from '../../applications/collections/token-rows.js';
import { PortfolioModule } from '../../applications/portfolio/portfolio.module.js';
import { graphqlModule } from '../graphql.js';
import { hmacSignature, rawToken } from '../raw-token.js';
import type { AccessCase } from './access-case.js';

const INFRA_TOKEN = 'token-of-the-installation';
const LEGACY_SECRET = 'the secret of the sign-in before PropelAuth';

/** The three applications of test/applications, each with kinds of callers of its own. */
export const APPLICATIONS: readonly AccessCase[] = [
  {
    name: 'collections',
    imports: [ApplicationModule],
    table: {
      'DELETE /infra/users/:id': 'infra token',
      'GET /orgs/:orgId/collections':
        'user or personal access token: members of the org in path orgId, personal access token with scope collections:read',
      'PUT /orgs/:orgId/collections/:id':
        'user or personal access token: Admin and above of the org in path orgId, personal access token with scope collections:write',
    },
    environment: { INFRA_TOKEN },
    hold: (app) => ({
      credentials: {
        'infra-token': () => INFRA_TOKEN,
        'personal-access-token': (needs) => personalAccessToken(app, needs),
      },
    }),
  },
  {
    name: 'portfolio',
    imports: [PortfolioModule],
    environment: { LEGACY_JWT_SECRET: LEGACY_SECRET },
    table: {
      'GET /portfolio': 'user or legacy user or portfolio key, with account',
      'POST /orders': 'user or legacy user or portfolio key',
      'POST /keys': 'user, not impersonated, with account',
      'GET /export': 'personal API key',
      'GET /info': 'public',
    },
    hold: () => ({
      credentials: { 'legacy-user': legacyToken, 'portfolio-key': () => 'key-of-alice' },
    }),
  },
  {
    name: 'albums',
    imports: [AlbumsModule, graphqlModule()],
    table: {
      'GET /photos': 'user or album key or share link, album key with scope photo.read',
      'GET /photos/:id': 'user or album key or share link, album key with scope photo.read',
      'DELETE /photos/:id': 'user or album key, album key with scope photo.delete and photo.read',
      'GET /shared/:share': 'share link',
      'GET /shared/:share/photos/:id': 'share link',
      'Query.photos': 'user or album key, album key with scope photo.read',
      'Mutation.removePhoto': 'user or album key, album key with scope photo.delete and photo.read',
      'GET /health': 'exempt (HealthModule)',
    },
    hold: () => ({ credentials: { 'album-key': albumKey, 'share-link': () => 'open-sesame' } }),
  },
];

function personalAccessToken(
  app: INestApplication,
  { orgId, role = '', inheritedRoles, scopes }: CredentialNeeds,
): string {
  const text = `pat-${randomUUID()}`;
  app.get(TokenRows).add(text, { orgId, role, inheritedRoles }, scopes);
  return text;
}

function legacyToken(): string {
  return rawToken({
    header: { alg: 'HS256', typ: 'JWT' },
    payload: {
      iss: 'https://portfolio.example.com',
      sub: 'legacy-alice',
      exp: Math.floor(Date.now() / 1000) + 600,
    },
    signature: hmacSignature(LEGACY_SECRET),
  });
}

/** The application has a key without scopes, one that reads, and one with both scopes; none that can only delete. */
function albumKey({ scopes }: CredentialNeeds): string | undefined {
  const reads = scopes.includes('photo.read');
  if (scopes.includes('photo.delete')) return reads ? 'all' : undefined;
  return reads ? 'reads' : 'nothing';
}
