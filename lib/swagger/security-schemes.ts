import type { OpenAPIObject } from '@nestjs/swagger';
import type { CoreKind, CoreCredentialPlace } from '../callers/core-kind.js';
import { isBearer, isScheme } from '../callers/credential-places.js';
import { BEARER_SCHEME, schemeOf } from '../rules/open-api-security.js';

export type SecuritySchemes = NonNullable<
  NonNullable<OpenAPIObject['components']>['securitySchemes']
>;

/**
 * The OAuth2 client for signing in from Swagger UI, with PKCE.
 *
 * @publicApi
 */
export interface SwaggerOAuth2Options {
  /** The id of the OAuth2 client in the PropelAuth dashboard. It is public; there is no secret. */
  clientId: string;
}

export const OAUTH2_SCHEME = 'oauth2';

/** The extension that tells `setup` the OAuth2 client of the document. */
const CLIENT_ID_EXTENSION = 'x-client-id';

/** The schemes that carry an access token. */
export function createSecuritySchemes(
  authUrl: string,
  oauth2: SwaggerOAuth2Options | undefined,
): SecuritySchemes {
  const [loginUrl, refreshUrl] = [`${authUrl}/login`, `${authUrl}/api/v1/refresh_token`];
  return {
    // First: Swagger UI offers schemes in this order, and this is the easiest.
    ...(oauth2 && { [OAUTH2_SCHEME]: createOAuth2Scheme(authUrl, oauth2) }),
    [BEARER_SCHEME]: {
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'JWT',
      description:
        `An access token of PropelAuth. Copy it from the front end, or sign in at [${loginUrl}](${loginUrl}) and copy the ` +
        `value of \`access_token\` from [${refreshUrl}](${refreshUrl}).`,
    },
  };
}

/** The scheme of each kind of callers: for the first place of its credential that OpenAPI has a scheme for. */
export function schemesOf(kinds: readonly CoreKind[], authUrl: string): SecuritySchemes {
  const schemes = kinds.flatMap((kind) => {
    const { name, credential } = kind;
    const [scheme] = credential.flatMap((place) => schemeOfPlace(place) ?? []);
    const description =
      kind.describeScheme?.(authUrl) ?? `The credential of a caller of the kind ${name}.`;
    return scheme === undefined ? [] : [[schemeOf(name), { ...scheme, description }] as const];
  });
  return Object.fromEntries(schemes);
}

/** Whether the credential of a kind is only in the path. */
export function hasNoScheme({ credential }: CoreKind): boolean {
  return credential.every((place) => 'path' in place);
}

function schemeOfPlace(place: CoreCredentialPlace): SecuritySchemes[string] | undefined {
  if ('header' in place) return { type: 'apiKey', in: 'header', name: place.header };
  if ('cookie' in place) return { type: 'apiKey', in: 'cookie', name: place.cookie };
  if ('query' in place) return { type: 'apiKey', in: 'query', name: place.query };
  // A path parameter needs no scheme: the path itself shows it.
  if ('path' in place) return undefined;
  // Swagger UI sends no other schemes than these two of OpenAPI's http, so callers fill in the whole header.
  if (!isBearer(place) && !isScheme(place, 'Basic'))
    return { type: 'apiKey', in: 'header', name: 'Authorization' };
  const scheme = place.scheme.toLowerCase();
  return { type: 'http', scheme, ...('claims' in place && { bearerFormat: 'JWT' }) };
}

function createOAuth2Scheme(
  authUrl: string,
  { clientId }: SwaggerOAuth2Options,
): SecuritySchemes[string] {
  const scheme = {
    type: 'oauth2' as const,
    description: 'Sign in at PropelAuth. You do not need to fill in anything.',
    flows: {
      authorizationCode: {
        authorizationUrl: `${authUrl}/propelauth/oauth/authorize`,
        tokenUrl: `${authUrl}/propelauth/oauth/token`,
        scopes: {},
      },
    },
    [CLIENT_ID_EXTENSION]: clientId,
  };
  return scheme;
}

/** The OAuth2 client of a document; `undefined` without OAuth2. */
export function findClientId(document: OpenAPIObject): string | undefined {
  const scheme = document.components?.securitySchemes?.[OAUTH2_SCHEME];
  return (scheme as Record<string, string> | undefined)?.[CLIENT_ID_EXTENSION];
}
