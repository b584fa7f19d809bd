import type { Introspection } from '../../backend/introspection.js';
import { Refusal } from '../../refusals/refusal.js';
import { FakeBackendClient } from '../../testing/fake-api/fake-backend-client.js';
import { deepFreeze } from '../../values/deep-freeze.js';
import type { LocalProject } from '../local-project.js';
import type { AuthorizationServer } from './authorization-server.js';

/**
 * The backend calls of the guard, with the authorization server of this application. They take no way over the network: an application in
 * development may have one connection, or a certificate that nothing trusts.
 */
export class LocalBackendClient extends FakeBackendClient {
  constructor(
    { issuer, api }: LocalProject,
    private readonly server: AuthorizationServer,
  ) {
    super(issuer, api);
  }

  override async introspect(text: string): Promise<Introspection> {
    const answer = await this.server.introspect(text);
    if (!answer.active) throw new Refusal('mcp_token_invalid');
    return deepFreeze({
      token: {
        userId: answer.sub,
        clientId: answer.client_id,
        scopes: answer.scope.split(' ').filter((scope) => scope !== ''),
        ...(answer.org_id !== undefined && { orgId: answer.org_id }),
        expiresAt: answer.exp,
      },
      issuedAt: answer.iat,
      aud: [answer.aud],
      resource: undefined,
    });
  }
}
