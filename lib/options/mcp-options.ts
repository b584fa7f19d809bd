import { PropelAuthConfigurationError } from './configuration.error.js';
import { checkInteger } from './option-checks.js';
import type { McpOptions } from './mcp-options.interface.js';

/** How the MCP server is protected: everything checked, and every default filled in. It holds no secret. */
export interface ResolvedMcpOptions {
  /** Exactly as it was given. */
  readonly resource: string;
  readonly scopes: readonly string[];
  readonly allowedOrigins: ReadonlySet<string>;
  /** The address of the metadata, for challenges. */
  readonly metadataUrl: string;
  /** The path at which the application serves the metadata. */
  readonly metadataPath: string;
  readonly cacheSeconds: number;
}

/** What introspection requests authenticate with (RFC 7662, section 2.1). */
export interface IntrospectionCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** The part of the path by which clients find the metadata (RFC 9728, section 3). */
const WELL_KNOWN = '/.well-known/oauth-protected-resource';

export function checkMcp(
  value: unknown,
): { options: ResolvedMcpOptions; credentials: IntrospectionCredentials } | undefined {
  if (value === undefined) return undefined;
  const { resource, introspection, scopes, allowedOrigins, metadataUrl, cacheSeconds } =
    value as McpOptions;
  if (typeof resource !== 'string') {
    throw new PropelAuthConfigurationError('mcp.resource is missing.');
  }
  const { origin, pathname } = new URL(resource);
  const url = metadataUrl ?? `${origin}${WELL_KNOWN}${pathname === '/' ? '' : pathname}`;
  return {
    options: {
      resource,
      scopes,
      allowedOrigins: new Set(allowedOrigins),
      metadataUrl: url,
      metadataPath: url.slice(url.indexOf(WELL_KNOWN)),
      cacheSeconds: checkInteger('mcp.cacheSeconds', cacheSeconds, {
        minimum: 0,
        maximum: 60,
        fallback: 30,
      }),
    },
    credentials: introspection,
  };
}
