import type { Introspection } from '../../backend/introspection.js';
import { Refusal } from '../../refusals/refusal.js';
import { deepFreeze } from '../../values/deep-freeze.js';
import { isJsonObject } from '../../values/json-object.js';

/** Stands in until `lib/backend/introspection.ts` reads responses. */
export function readIntrospection(value: unknown): Introspection {
  if (!isJsonObject(value) || value['active'] !== true) throw new Refusal('mcp_token_invalid');
  const { sub, client_id: clientId, scope, exp, iat, org_id: orgId, token_type: type } = value;
  const isAccessToken = type === undefined || type === 'Bearer' || type === 'access_token';
  if (typeof sub !== 'string' || typeof exp !== 'number' || !isAccessToken) {
    throw new Refusal('mcp_token_invalid');
  }
  return deepFreeze({
    token: {
      userId: sub,
      clientId: clientId as string,
      scopes: typeof scope === 'string' ? scope.split(' ').filter(Boolean) : [],
      ...(typeof orgId === 'string' && { orgId }),
      expiresAt: exp,
    },
    issuedAt: iat as number | undefined,
    aud: listOf(value['aud']),
    resource: listOf(value['resource']),
  });
}

function listOf(value: unknown): string[] | undefined {
  if (value === undefined) return undefined;
  return Array.isArray(value) ? (value as string[]) : [value as string];
}
