import { PropelAuthConfigurationError } from '../index.js';
import { checkInteger, checkOptions, parseOrigins, ScopeHierarchy } from '../extend.js';
import { checkIntrospection, type IntrospectionCredentials } from './introspection-credentials.js';
import { checkMetadataUrl, checkResource } from './mcp-resource.js';

/** How the MCP server is protected: everything checked but the credentials, and every default filled in. */
export class McpServerOptions {
  /** The URL, exactly as it was given. */
  readonly resource: string;
  readonly scopes: readonly string[];
  readonly scopeHierarchy: ScopeHierarchy;
  /** Those that clients ask for first. */
  readonly initialScopes: readonly string[] | undefined;
  readonly allowedOrigins: ReadonlySet<string>;
  /** The address of the metadata, for challenges. */
  readonly metadataUrl: string;
  /** The path at which the application serves the metadata. */
  readonly metadataPath: string;
  readonly cacheSeconds: number;

  // A private field, and a method that reads it, so that printing the object cannot print the secret.
  readonly #introspection: unknown;

  constructor(options: unknown) {
    const given = checkOptions(
      'mcpServer',
      options,
      Object.keys(KNOWN_OPTIONS) as (keyof McpOptions)[],
      'Pass { resource, introspection, scopes } to mcpServer().',
    );
    this.resource = checkResource(given.resource);
    this.scopeHierarchy = new ScopeHierarchy('mcpServer.scopes', given.scopes);
    this.scopes = this.scopeHierarchy.scopes;
    this.initialScopes = checkInitialScopes(given.initialScopes, this.scopes);
    this.allowedOrigins = parseOrigins('mcpServer.allowedOrigins', given.allowedOrigins);
    const { metadataUrl, metadataPath } = checkMetadataUrl(given.metadataUrl, this.resource);
    this.metadataUrl = metadataUrl;
    this.metadataPath = metadataPath;
    this.cacheSeconds = checkInteger('mcpServer.cacheSeconds', given.cacheSeconds, {
      minimum: 0,
      maximum: 60,
      fallback: 30,
    });
    this.#introspection = given.introspection;
  }

  /**
   * The credentials of introspection requests. They are checked here, and not before, because tests replace the client that needs them and
   * do not set their environment variables.
   *
   * @throws {PropelAuthConfigurationError} for wrong or missing credentials
   */
  readIntrospectionCredentials(): IntrospectionCredentials {
    return checkIntrospection(this.#introspection);
  }
}

// Typed so that an option of the interface cannot be left out here.
const KNOWN_OPTIONS: Record<keyof McpOptions, true> = {
  resource: true,
  introspection: true,
  scopes: true,
  initialScopes: true,
  allowedOrigins: true,
  metadataUrl: true,
  cacheSeconds: true,
};

function checkInitialScopes(value: unknown, known: readonly string[]) {
  if (value === undefined) return undefined;
  const scopes: string[] = Array.isArray(value) ? Array.from(value) : [];
  if (scopes.length > 0 && scopes.every((scope) => known.includes(scope))) return scopes;
  throw new PropelAuthConfigurationError(
    'mcpServer.initialScopes is not a list of one or more of mcpServer.scopes. Set it to those that clients need first, or leave it out.',
  );
}

/**
 * The options of {@link mcpServer}: the MCP server of the application.
 *
 * @see MCP specification 2026-07-28, "Authorization"
 * @publicApi
 */
export interface McpOptions {
  /**
   * The URL of the MCP endpoint, exactly as clients know it, such as `https://api.example.com/mcp`: https, or http on a loopback host,
   * without a query or fragment, in lower case up to the path. Only tokens that PropelAuth issued for it are accepted (RFC 8707); a slash at
   * the end makes no difference.
   */
  resource: string;

  /** The credentials for token introspection (RFC 7662), from the dashboard ("MCP", "Request Validation"). They are not the API key. */
  introspection: { clientId: string; clientSecret: string };

  /**
   * The scopes that clients may ask for, at least one. They are `scopes_supported` of the metadata, and decorators can only require these
   * scopes. As an object, each with those that it includes: under `{ admin: ['write'], write: ['read'], read: [] }`, a token with `admin` passes
   * `@RequireScope('read')`. {@link McpToken.scopes} stays what the user granted.
   */
  scopes: readonly string[] | Readonly<Record<string, readonly string[]>>;

  /**
   * Those of `scopes` that clients ask for first: `scopes_supported` of the metadata, and in each 401 beside those that the call needs. Clients
   * ask for others when a call needs them, which not all clients can. Default: all in the metadata, and those that the call needs in a 401.
   */
  initialScopes?: readonly string[];

  /**
   * The origins of web pages that may call the MCP endpoint, such as `https://inspector.example.com`. A request with another `Origin`
   * gets 403. Requests without an `Origin` are always accepted: only browsers send it. Default: none.
   */
  allowedOrigins?: string[];

  /**
   * The URL of the resource metadata, if a proxy serves the application under a prefix. Its path has to contain
   * `/.well-known/oauth-protected-resource`; the application serves the path from there on. Default: the well-known address for `resource`
   * (RFC 9728, section 3.1).
   */
  metadataUrl?: string;

  /**
   * How many seconds the introspection of a token is cached, but never past the token's expiry: an integer from 0 to 60. A revoked token is
   * accepted for that long. With 0, PropelAuth is asked for every request. Default: 30.
   */
  cacheSeconds?: number;
}
