import type { FactoryProvider, InjectionToken, Provider } from '@nestjs/common';
import { HttpAdapterHost, ModulesContainer } from '@nestjs/core';
import { CurrentAccess } from '../plugins/current-access.js';
import { Observer } from '../plugins/observer.js';
import { Policies } from '../rules/policies.js';
import { AuditExtension } from '../startup/audit-extension.js';
import { PluginCallerKinds } from '../callers/caller-identifier.js';
import { GuardExtension } from '../guard/guard-extension.js';
import type { LiveAccess } from '../live-access/live-access.js';
import { USER_QUESTIONS, UserQuestions } from '../live-access/user-questions.js';
import { PresentUsers } from '../live-access/present-users.js';
import { ResolvedOptions } from '../options/resolved-options.js';
import {
  createPlugin,
  type PropelAuthPlugin,
  type PropelAuthPluginFactory,
} from '../plugins/plugin.js';
import { McpAudit } from './audit/mcp-audit.js';
import { IntrospectionClient } from './callers/introspection-client.js';
import { McpCallerKind } from './callers/mcp-caller-kind.js';
import { McpTokenAuthenticator } from './callers/mcp-token-authenticator.js';
import { McpMetadataEndpoint } from './mcp-metadata-endpoint.js';
import { McpServerOptions, type McpOptions } from './mcp-options.js';
import { ApplicationMcpHandlers } from './nest/application-mcp-handlers.js';
import { McpAccess } from './nest/mcp-access.js';

/**
 * Lets MCP clients call the application with access tokens that PropelAuth issued for it: checks their tokens and scopes, serves the metadata
 * with which clients find PropelAuth (RFC 9728), and guards the tools, resources and prompts of `@rekog/mcp-nest`. `@RequireMcpToken()` and
 * `@RequireScope()` require it.
 *
 * @param options `resource`, `introspection` and `scopes`, and optionally `allowedOrigins`, `metadataUrl` and `cacheSeconds`; or `{ imports,
 * inject, useFactory }`, whose factory returns the options, or `false` for no MCP server
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
    },
    options,
  );
}

/** A provider that is `undefined` where a factory has left the plugin out. */
function provide<Parameters extends unknown[]>(
  type: new (...parameters: Parameters) => object,
  // The tokens of the constructor's parameters, in their order.
  ...inject: { [Index in keyof Parameters]: { readonly prototype: Parameters[Index] } }
): FactoryProvider {
  return {
    provide: type,
    inject: [McpServerOptions, ...(inject as InjectionToken[])],
    useFactory: (options: McpServerOptions | undefined, ...parameters: Parameters) =>
      options && new type(...parameters),
  };
}

const PROVIDERS: readonly Provider[] = [
  USER_QUESTIONS,
  // Callers
  {
    provide: IntrospectionClient,
    inject: [ResolvedOptions, McpServerOptions, Observer],
    useFactory: (
      options: ResolvedOptions,
      mcp: McpServerOptions | undefined,
      observer: Observer | undefined,
    ) => mcp && new IntrospectionClient(options, mcp.readIntrospectionCredentials(), observer),
  },
  provide(
    McpTokenAuthenticator,
    ResolvedOptions,
    IntrospectionClient,
    McpServerOptions,
    CurrentAccess,
  ),
  {
    provide: PresentUsers,
    inject: [McpServerOptions, UserQuestions, CurrentAccess],
    // No other plugin than liveAccess() fills the port CurrentAccess.
    useFactory: (
      mcp: McpServerOptions | undefined,
      questions: UserQuestions,
      liveAccess: LiveAccess | undefined,
    ) => mcp && new PresentUsers(questions, liveAccess),
  },
  provide(McpCallerKind, McpTokenAuthenticator, PresentUsers),
  {
    provide: PluginCallerKinds,
    inject: [McpCallerKind],
    useFactory: (kind: McpCallerKind | undefined): PluginCallerKinds => ({
      list: kind === undefined ? [] : [kind],
    }),
  },
  // The guard
  provide(ApplicationMcpHandlers, ModulesContainer),
  provide(McpAccess, ModulesContainer, ApplicationMcpHandlers, Policies, McpServerOptions),
  { provide: GuardExtension, useExisting: McpAccess },
  // Startup
  provide(McpMetadataEndpoint, McpServerOptions, ResolvedOptions, HttpAdapterHost),
  provide(McpAudit, McpServerOptions, McpMetadataEndpoint, ModulesContainer, HttpAdapterHost),
  { provide: AuditExtension, useExisting: McpAudit },
];
