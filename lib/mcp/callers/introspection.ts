import type { McpToken } from '../../index.js';
import {
  deepFreeze,
  isJsonObject,
  isScope,
  type JsonObject,
  Rejection,
  unavailable,
} from '../../extend.js';

/** The introspection of an active access token, as far as it is understood (RFC 7662, section 2.2). */
export interface Introspection {
  readonly token: McpToken;
  /** When the token was issued, `iat`: seconds since 1970. `undefined` when PropelAuth does not say. */
  readonly issuedAt: number | undefined;
  /** The resources that `aud` names. `undefined` when there is no `aud`; empty for one that is not understood. */
  readonly aud: readonly string[] | undefined;
  /** Like `aud`, for `resource`. */
  readonly resource: readonly string[] | undefined;
}

/** PropelAuth calls a token active, but does not say what is needed to accept it. */
export class IncompleteIntrospection extends Rejection {
  constructor(readonly field: 'sub' | 'exp') {
    super('mcp_token_invalid', { detail: `PropelAuth returned an active token without ${field}` });
  }
}

/** The token types that are accepted, in lower case. Others are refresh tokens, or tokens that need a proof of possession, such as DPoP. */
const ACCESS_TOKEN_TYPES = ['bearer', 'access_token'];

/** The year 5138. Later times are in milliseconds. */
const MAXIMUM_SECONDS = 1e11;

/**
 * Reads what PropelAuth says of a token. The answer decides access, so a field of a wrong type makes the whole answer unusable.
 *
 * @param value the answer of PropelAuth, as JSON
 * @returns the introspection, deeply frozen. Its audience and expiry are not checked here
 * @throws {Rejection} `mcp_token_invalid` when the token is not an active access token of a user, `propelauth_unavailable` when the answer
 * makes no sense
 */
export function readIntrospection(value: unknown): Introspection {
  if (!isJsonObject(value)) throw makesNoSense();
  if (value['active'] === false) throw new Rejection('mcp_token_invalid');
  if (value['active'] !== true) throw makesNoSense();
  const tokenType = readText(value, 'token_type');
  if (tokenType !== undefined && !ACCESS_TOKEN_TYPES.includes(tokenType.toLowerCase())) {
    throw new Rejection('mcp_token_invalid');
  }
  return deepFreeze({
    token: readToken(value),
    issuedAt: readSeconds(value, 'iat'),
    aud: readAudience(value['aud']),
    resource: readAudience(value['resource']),
  });
}

function readToken(answer: JsonObject): McpToken {
  const userId = readText(answer, 'sub');
  const expiresAt = readSeconds(answer, 'exp');
  const clientId = readText(answer, 'client_id');
  const orgId = readText(answer, 'org_id');
  const scopes = readScopes(readText(answer, 'scope') ?? '');
  if (!userId) throw new IncompleteIntrospection('sub');
  if (expiresAt === undefined) throw new IncompleteIntrospection('exp');
  if (!clientId) throw makesNoSense();
  return { userId, clientId, scopes, ...(orgId && { orgId }), expiresAt };
}

function readScopes(scope: string): string[] {
  return [...new Set(scope.split(' ').filter(isScope))];
}

/** An audience that is not understood becomes an empty list, so that it is never taken for a missing one. */
function readAudience(value: unknown): string[] | undefined {
  if (value === undefined || value === null) return undefined;
  const audience: unknown[] = Array.isArray(value) ? value : [value];
  return audience.every((entry) => typeof entry === 'string') ? audience : [];
}

// As in claims, `null` and a missing field are absent.

function readText(answer: JsonObject, name: string): string | undefined {
  const value = answer[name] ?? undefined;
  if (value !== undefined && typeof value !== 'string') throw makesNoSense();
  return value;
}

function readSeconds(answer: JsonObject, name: string): number | undefined {
  const value = answer[name] ?? undefined;
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || !(value >= 0 && value < MAXIMUM_SECONDS)) throw makesNoSense();
  return value;
}

function makesNoSense(): Rejection {
  return unavailable('PropelAuth returned an invalid response about an MCP token');
}
