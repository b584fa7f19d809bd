import type { IntrospectionCredentials } from '../../options/introspection-credentials.js';
import type { LocalSecret } from '../access/local-secret.js';

/** What resource servers authenticate with at the introspection endpoint: in PropelAuth, they are in the dashboard. */
export function introspectionCredentials(secret: LocalSecret): IntrospectionCredentials {
  return { clientId: 'local-mcp-server', clientSecret: secret.sign('mcp introspection') };
}
