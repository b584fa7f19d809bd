import { PropelAuthConfigurationError } from '../../options/configuration.error.js';
import { checkMcp, type ResolvedMcpOptions } from '../../options/mcp-options.js';

/** With these, `oidc-provider` does what OpenID Connect does with them, which PropelAuth does not. */
const SCOPES_OF_OPENID = ['openid', 'offline_access'];

/**
 * Checks the option `mcp`, which is `undefined` for an application that is no MCP server.
 *
 * @throws {PropelAuthConfigurationError} if it is invalid
 */
export function checkLocalMcp(mcp: object | undefined): ResolvedMcpOptions | undefined {
  if (mcp === undefined) return undefined;
  // The credentials are not known before the secret is. They are never used: the application asks itself.
  const introspection = { clientId: 'local', clientSecret: 'local' };
  const options = checkMcp({ ...mcp, introspection })?.options;
  const unusable = options?.scopes.find((scope) => SCOPES_OF_OPENID.includes(scope));
  if (unusable === undefined) return options;
  throw new PropelAuthConfigurationError(
    `mcp.scopes has "${unusable}", which the authorization server of LocalPropelAuthModule cannot offer. Remove it.`,
  );
}
