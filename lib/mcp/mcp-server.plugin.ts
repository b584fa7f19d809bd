import type { Provider } from '@nestjs/common';
import { HttpAdapterHost, ModulesContainer } from '@nestjs/core';
import type { PropelAuthPlugin, PropelAuthPluginFactory } from '../index.js';
import {
  combineHooks,
  createPlugin,
  type Hooks,
  LATE_HOOKS,
  PresentUsers,
  ResolvedOptions,
  USER_QUESTIONS,
  UserQuestions,
} from '../extend.js';
import { mcpAudit } from './audit/mcp-audit.js';
import { IntrospectionClient } from './callers/introspection-client.js';
import { McpCallerKind } from './callers/mcp-caller-kind.js';
import { McpTokenAuthenticator } from './callers/mcp-token-authenticator.js';
import { McpMetadataEndpoint } from './mcp-metadata-endpoint.js';
import { McpServerOptions, type McpOptions } from './mcp-options.js';
import { mcpArgumentNamesOf } from './nest/mcp-argument-names.js';
import { McpAccess } from './nest/mcp-access.js';

/**
 * Lets MCP clients call the application with access tokens that PropelAuth issued for it: checks their tokens and scopes, serves the metadata
 * with which clients find PropelAuth (RFC 9728), and guards the tools, resources and prompts of `@rekog/mcp-nest`. `@RequireMcpToken()` and
 * `@RequireScope()` require it.
 *
 * @param options `resource`, `introspection` and `scopes`, and optionally `initialScopes`, `allowedOrigins`, `metadataUrl` and `cacheSeconds`; or
 * `{ imports, inject, useFactory }`, whose factory returns the options, or `false` for no MCP server
 * @returns a plugin for `PropelAuthModule.forRoot()`. Startup fails for a wrong option
 * @see MCP specification 2026-07-28, "Authorization"
 * @example
 * ```ts
 * PropelAuthModule.forRoot({
 *   authUrl,
 *   apiKey,
 *   plugins: [
 *     mcpServer({
 *       resource: 'https://api.example.com/mcp',
 *       introspection: {
 *         clientId: process.env.PROPELAUTH_MCP_CLIENT_ID!,
 *         clientSecret: process.env.PROPELAUTH_MCP_CLIENT_SECRET!,
 *       },
 *       scopes: ['read:reports'],
 *     }),
 *   ],
 * })
 * ```
 *
 * @publicApi
 */
export function mcpServer(
  options: McpOptions | PropelAuthPluginFactory<McpOptions>,
): PropelAuthPlugin {
  return createPlugin(
    {
      name: 'mcpServer',
      token: McpServerOptions,
      check: (given) => new McpServerOptions(given),
      providers: PROVIDERS,
      hooks: MCP_HOOKS,
    },
    options,
  );
}

const MCP_HOOKS = Symbol('nestjs-propelauth: the hooks of mcpServer()');

/** What a factory has left out is `undefined`. */
const PROVIDERS: readonly Provider[] = [
  USER_QUESTIONS,
  {
    provide: IntrospectionClient,
    inject: [ResolvedOptions, McpServerOptions, LATE_HOOKS],
    useFactory: (options: ResolvedOptions, mcp: McpServerOptions | undefined, hooks: Hooks) =>
      mcp && new IntrospectionClient(options, mcp.readIntrospectionCredentials(), hooks),
  },
  {
    provide: McpTokenAuthenticator,
    inject: [ResolvedOptions, IntrospectionClient, McpServerOptions, LATE_HOOKS],
    useFactory: (
      options: ResolvedOptions,
      introspection: IntrospectionClient,
      mcp: McpServerOptions | undefined,
      hooks: Hooks,
    ) => mcp && new McpTokenAuthenticator(options, introspection, mcp, hooks),
  },
  {
    provide: MCP_HOOKS,
    inject: [
      McpServerOptions,
      McpTokenAuthenticator,
      UserQuestions,
      LATE_HOOKS,
      ResolvedOptions,
      ModulesContainer,
      HttpAdapterHost,
    ],
    useFactory: createHooks,
  },
];

function createHooks(
  mcp: McpServerOptions | undefined,
  tokens: McpTokenAuthenticator,
  questions: UserQuestions,
  hooks: Hooks,
  options: ResolvedOptions,
  modules: ModulesContainer,
  adapterHost: HttpAdapterHost,
): Hooks | undefined {
  if (mcp === undefined) return undefined;
  const endpoint = new McpMetadataEndpoint(mcp, options, adapterHost);
  return combineHooks([
    { kinds: [new McpCallerKind(tokens, new PresentUsers(questions, hooks), mcp)] },
    new McpAccess(modules, mcp),
    mcpAudit(mcp, endpoint),
    { argumentNames: mcpArgumentNamesOf },
  ]);
}
