import { randomUUID } from 'node:crypto';
import type { INestApplication } from '@nestjs/common';
import type { CredentialNeeds } from 'nestjs-propelauth/testing';
import { ALBUMS_TABLE, AlbumsModule } from '../../applications/albums/albums.js';
import {
  ApplicationModule,
  COLLECTIONS_TABLE,
} from '../../applications/collections/collections.js';
import { TokenRows } from '../../applications/collections/token-rows.js';
import { PORTFOLIO_TABLE, PortfolioModule } from '../../applications/portfolio/portfolio.js';
import { graphqlModule } from '../graphql.js';
import { ACME_ID } from '../project.js';
import { hmacSignature, rawToken } from '../raw-token.js';
import type { AccessCase } from './access-case.js';

const INFRA = '/infra/users/:id';
const INFRA_TOKEN = 'token-of-the-installation';
const LEGACY_SECRET = 'the secret of the sign-in before PropelAuth';

/** The three applications of test/applications, each with kinds of callers of its own. */
export const APPLICATIONS: readonly AccessCase[] = [
  {
    name: 'collections',
    imports: [ApplicationModule],
    table: COLLECTIONS_TABLE,
    environment: { INFRA_TOKEN },
    hold: (app) => ({
      // One token for all tenants that there are, of which toHold() makes up others.
      orgFor: ({ path }) => (path === INFRA ? ACME_ID : undefined),
      argsFor: ({ path }) =>
        path === INFRA ? { headers: { host: 'acme-inc.example.com' } } : undefined,
      credentials: {
        'infra-token': ({ orgId, role }) =>
          orgId === ACME_ID && role === 'Member' ? INFRA_TOKEN : undefined,
        'personal-access-token': (needs) => personalAccessToken(app, needs),
      },
    }),
  },
  {
    name: 'portfolio',
    imports: [PortfolioModule],
    environment: { LEGACY_JWT_SECRET: LEGACY_SECRET },
    table: PORTFOLIO_TABLE,
    hold: () => ({
      credentials: { 'legacy-user': legacyToken, 'portfolio-key': () => 'key-of-alice' },
    }),
  },
  {
    name: 'albums',
    imports: [AlbumsModule, graphqlModule()],
    table: ALBUMS_TABLE,
    hold: () => ({ credentials: { 'album-key': albumKey, 'share-link': () => 'open-sesame' } }),
  },
];

function personalAccessToken(
  app: INestApplication,
  { orgId, role = '', inheritedRoles, scopes }: CredentialNeeds,
): string {
  const text = `pat-${randomUUID()}`;
  app.get(TokenRows).add(text, { orgId, urlSafeOrgName: orgId, role, inheritedRoles }, scopes);
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
