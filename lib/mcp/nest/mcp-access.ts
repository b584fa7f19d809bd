import type { ModulesContainer } from '@nestjs/core';
import type { RejectionReason } from '../../index.js';
import {
  acceptsOnly,
  combinedOf,
  type Decision,
  type Hooks,
  isEveryone,
  MCP_CLIENT,
  mcpHandlerInWords,
  noteEndpointRequest,
  type Policies,
  type Policy,
  scopeRule,
  type ScopeRequirement,
  scopesToRequest,
  withCheck,
} from '../../extend.js';
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
export class McpAccess implements Hooks {
  // A private field: logging this object must not print the whole application.
  readonly #modules: ModulesContainer;
  private readonly handlers: ApplicationMcpHandlers;

  constructor(
    modules: ModulesContainer,
    private readonly options: McpServerOptions,
  ) {
    this.#modules = modules;
    this.handlers = new ApplicationMcpHandlers(modules);
  }

  /**
   * The rules for a request to the endpoint controller: its own, and the token and the scopes that the called handler requires. Clients
   * sign in and ask for scopes only after a response with a status of HTTP, which the handler's own guard cannot send. That guard still
   * decides about the call.
   */
  policyBefore(endpoint: Policy, decision: Decision, policies: Policies): Policy {
    if (endpoint.isEndpoint !== true) return endpoint;
    const { body } = decision.context.switchToHttp().getRequest<{ readonly body?: unknown }>();
    const called = this.handlers.calledBy(body);
    if (called === undefined) return endpoint;
    const policy = policies.ofHandler(called.controller, called.handler);
    if (!acceptsOnly(policy.callers, 'mcp')) return endpoint;
    const ofAll = [...new Set([...requirementsOf(endpoint), ...requirementsOf(policy)])];
    decision.innerCall = { transport: 'mcp', route: { mcp: mcpHandlerInWords(called) } };
    return {
      ...endpoint,
      callers: isEveryone(endpoint.callers) ? MCP_CLIENT : endpoint.callers,
      checks: withCheck(endpoint.checks, scopeRule, { ofAll, ofKinds: new Map() }),
      eventStream: 'maybe',
    };
  }

  /** Rejects requests of web pages whose origin is not allowed, and calls of `@rekog/mcp-nest` whose request no guard has let in. */
  before({ policy, call }: Decision): void {
    const isForMcp = policy !== undefined && acceptsOnly(policy.callers, 'mcp');
    if (!isForMcp && policy?.isEndpoint !== true) return;
    assertAllowedOrigin(call, this.options);
    if (isForMcp) assertReached(call, this.#modules);
  }

  challenge(policy: Pick<Policy, 'callers' | 'checks'>, reason: RejectionReason) {
    if (!acceptsOnly(policy.callers, 'mcp')) return undefined;
    const { metadataUrl, initialScopes = [], scopeHierarchy } = this.options;
    const first = reason === 'scope_missing' ? [] : initialScopes;
    const scopes = scopesToRequest([...first, ...requirementsOf(policy)], scopeHierarchy);
    return mcpChallenge(reason, { scopes, metadataUrl }) ?? null;
  }

  allowed({ call, identified, policy }: Decision): void {
    const mcp = identified?.describe().mcp;
    if (mcp !== undefined) leaveAuthInfo(call, mcp, this.options.resource);
    const { httpRequest } = call;
    if (httpRequest === undefined || (mcp === undefined && policy?.isEndpoint !== true)) return;
    noteEndpointRequest(httpRequest, this.#modules);
  }
}

/** The scopes that a token needs under these rules. */
function requirementsOf(policy: Pick<Policy, 'checks'>): readonly ScopeRequirement[] {
  return combinedOf(policy, scopeRule)?.ofAll ?? [];
}
