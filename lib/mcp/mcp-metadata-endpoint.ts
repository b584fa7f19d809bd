import type { HttpAdapterHost } from '@nestjs/core';
import { PropelAuthConfigurationError } from '../index.js';
import { type PathResponse, type ResolvedOptions, servePath } from '../extend.js';
import type { McpServerOptions } from './mcp-options.js';

/** Where PropelAuth's authorization server for MCP clients is, under the Auth URL. */
const AUTHORIZATION_SERVER_PATH = '/oauth/2.1';

const METHODS = 'GET, HEAD, OPTIONS';

/**
 * Web pages of any origin may read the metadata, for MCP clients in browsers. These headers replace those of the application's CORS, which
 * may contradict that.
 */
const CORS_HEADERS = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Allow-Credentials': undefined,
};

/** The metadata may be cached, because it changes only with the options, but not for long, because a mistake in them must not last. */
const CACHE_CONTROL = 'public, max-age=300';

/** Clients send `MCP-Protocol-Version`, which needs a preflight. */
const PREFLIGHT_HEADERS = {
  'Access-Control-Allow-Methods': METHODS,
  'Access-Control-Allow-Headers': '*',
  'Access-Control-Max-Age': '3600',
};

/**
 * Serves the metadata of the protected resource (RFC 9728), with which MCP clients find the authorization server. It depends only on the
 * options, not on the request.
 */
export class McpMetadataEndpoint {
  private readonly serving: { readonly isServed: boolean };

  constructor(
    mcp: McpServerOptions,
    { authUrl, webhooks }: ResolvedOptions,
    adapterHost: HttpAdapterHost,
  ) {
    // Checked before both are served: Fastify would fail to start with a message that says less.
    if (webhooks?.path?.toLowerCase() === mcp.metadataPath.toLowerCase()) {
      throw new PropelAuthConfigurationError(
        `webhooks.path is ${mcp.metadataPath}, the path of the metadata of the MCP server. Choose another path.`,
      );
    }
    const metadata = {
      resource: mcp.resource,
      authorization_servers: [`${authUrl.origin}${AUTHORIZATION_SERVER_PATH}`],
      // The fewest that are useful: clients ask for all of them (MCP specification, "Scope Selection Strategy").
      scopes_supported: mcp.initialScopes ?? mcp.scopes,
      bearer_methods_supported: ['header'],
    };
    this.serving = servePath(adapterHost, {
      path: mcp.metadataPath,
      methods: 'ALL',
      handle: async ({ method }) => responseTo(method, metadata),
    });
  }

  /** Whether requests at the path arrive here. */
  get isServed(): boolean {
    return this.serving.isServed;
  }
}

function responseTo(method: string | undefined, metadata: object): PathResponse {
  switch (method) {
    case 'GET':
    case 'HEAD':
      return {
        status: 200,
        headers: { ...CORS_HEADERS, 'Cache-Control': CACHE_CONTROL },
        body: metadata,
      };
    case 'OPTIONS':
      return { status: 204, headers: { ...CORS_HEADERS, ...PREFLIGHT_HEADERS } };
    default:
      return {
        status: 405,
        headers: { ...CORS_HEADERS, Allow: METHODS },
        body: { statusCode: 405, message: 'Method Not Allowed' },
      };
  }
}
