import { readIntrospection, type Introspection } from '../../backend/introspection.js';
import { FakeBackendClient } from '../fake-api/fake-backend-client.js';
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

  override async introspect(token: string): Promise<Introspection> {
    return readIntrospection(await this.server.introspect(token));
  }
}
