import type { default as Provider } from 'oidc-provider';
import { INACTIVE, type IntrospectionResponse } from './introspection-response.js';
import type { McpAccounts } from './mcp-accounts.js';

/**
 * What is known about a token.
 *
 * It is inactive once the user is disabled or deleted, or has left the organization: whether PropelAuth's are, is not documented.
 *
 * @param text anything that a client sent as its token
 */
export async function introspect(
  text: string,
  provider: Provider,
  accounts: McpAccounts,
): Promise<IntrospectionResponse> {
  const token = await provider.AccessToken.find(text);
  if (token === undefined || !token.isValid) return INACTIVE;
  const { accountId, clientId = '', grantId, scope = '', exp, iat, aud } = token;
  // A grant that was revoked or forgotten takes its tokens with it, and a client that was forgotten does.
  if ((await provider.Grant.find(grantId)) === undefined) return INACTIVE;
  if ((await provider.Client.find(clientId)) === undefined) return INACTIVE;
  const account = accounts.find(accountId);
  if (account === undefined) return INACTIVE;
  const { user, orgId } = account;
  return {
    active: true,
    scope,
    client_id: clientId,
    username: user.name,
    sub: user.userId,
    exp: exp as number,
    iat,
    aud: aud as string,
    ...(orgId !== undefined && { org_id: orgId, org_role: accounts.roleOf(user, orgId) }),
  };
}
