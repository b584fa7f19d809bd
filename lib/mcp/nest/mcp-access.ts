import { Injectable } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import type { Decision } from '../../decision/decision.js';
import { GuardExtension, type SecuritySchemeDescription } from '../../guard/guard-extension.js';
import type { RejectionReason } from '../../rejections/rejection-table.js';
import { acceptsOnly, isEveryone, MCP_CLIENT } from '../../rules/callers.js';
import { mcpHandlerInWords } from '../../rules/mcp-nest.js';
import { Policies } from '../../rules/policies.js';
import { combinedOf, withCheck, type Policy } from '../../rules/policy.js';
import { scopeRule } from '../../rules/scope/scope-rule.js';
import { noteEndpointRequest } from '../../transports/mcp/endpoint-requests.js';
import { assertAllowedOrigin } from '../callers/mcp-request.js';
import { mcpChallenge } from '../mcp-challenge.js';
import { McpServerOptions } from '../mcp-options.js';
import { ApplicationMcpHandlers } from './application-mcp-handlers.js';
import { leaveAuthInfo } from './mcp-auth-info.js';
import { assertReached } from './reached-calls.js';

/**
 * Decides with the guard about requests of MCP clients to `@rekog/mcp-nest`: the requests to the endpoint controller, and each call in
 * them.
 */
@Injectable()
export class McpAccess extends GuardExtension {
  // A private field: logging this object must not print the whole application.
  readonly #modules: ModulesContainer;

  constructor(
    modules: ModulesContainer,
    private readonly handlers: ApplicationMcpHandlers,
    private readonly policies: Policies,
    private readonly options: McpServerOptions,
  ) {
    super();
    this.#modules = modules;
  }

  /**
   * The rules for a request to the endpoint controller: its own, and the token and the scopes that the called handler requires. Clients
   * sign in and ask for scopes only after a response with a status of HTTP, which the handler's own guard cannot send. That guard still
   * decides about the call.
   */
  policyBefore(endpoint: Policy, decision: Decision): Policy {
    if (endpoint.isMcpEndpoint !== true) return endpoint;
    const { body } = decision.context.switchToHttp().getRequest<{ readonly body?: unknown }>();
    const called = this.handlers.calledBy(body);
    if (called === undefined) return endpoint;
    const policy = this.policies.ofHandler(called.controller, called.handler);
    if (!acceptsOnly(policy.callers, 'mcp')) return endpoint;
    const ofAll = [...new Set([...scopesOf(endpoint), ...scopesOf(policy)])];
    decision.mcpCall = mcpHandlerInWords(called);
    return {
      ...endpoint,
      callers: isEveryone(endpoint.callers) ? MCP_CLIENT : endpoint.callers,
      checks: withCheck(endpoint.checks, scopeRule, { ofAll, ofKinds: new Map() }),
      mayRespondWithStream: true,
    };
  }

  /** Rejects requests of web pages whose origin is not allowed, and calls of `@rekog/mcp-nest` whose request no guard has let in. */
  assertAcceptable({ callers, isMcpEndpoint }: Policy, { call }: Decision): void {
    const isForMcp = acceptsOnly(callers, 'mcp');
    if (!isForMcp && isMcpEndpoint !== true) return;
    assertAllowedOrigin(call, this.options);
    if (isForMcp) assertReached(call, this.#modules);
  }

  challengeFor(policy: Pick<Policy, 'callers' | 'checks'>) {
    if (!acceptsOnly(policy.callers, 'mcp')) return undefined;
    const scopes = scopesOf(policy);
    const { metadataUrl } = this.options;
    return (reason: RejectionReason) => mcpChallenge(reason, { scopes, metadataUrl });
  }

  /**
   * The scheme of MCP clients. It is not OAuth2: Swagger UI would offer to sign in, but cannot name the resource of the token. Instead it has a
   * field for a token that an MCP client got.
   */
  describeSchemes(authUrl: string): Record<string, SecuritySchemeDescription> {
    const { resource, scopes, metadataUrl } = this.options;
    const description =
      `An access token that \`${authUrl}/oauth/2.1\` issued to an MCP client for \`${resource}\`. ` +
      `[${metadataUrl}](${metadataUrl}) tells MCP clients how to get one. Its scopes: ` +
      `${scopes.map((scope) => `\`${scope}\``).join(', ')}.`;
    return { mcp: { type: 'http', scheme: 'bearer', description } };
  }

  prepare({ call, mcp, policy }: Decision): void {
    if (mcp !== null) leaveAuthInfo(call, mcp, this.options.resource);
    const { httpRequest } = call;
    if (httpRequest === undefined || (mcp === null && policy?.isMcpEndpoint !== true)) return;
    noteEndpointRequest(httpRequest, this.#modules);
  }
}

/** The scopes that a token needs under these rules. */
function scopesOf(policy: Pick<Policy, 'checks'>): readonly string[] {
  return combinedOf(policy, scopeRule)?.ofAll ?? [];
}
