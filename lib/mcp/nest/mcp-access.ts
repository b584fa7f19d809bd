import { Injectable, type ExecutionContext } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { GuardExtension, type SecuritySchemeDescription } from '../../guard/guard-extension.js';
import { createMcpScheme } from '../mcp-security-scheme.js';
import type { RejectionReason } from '../../rejections/rejection-table.js';
import { mcpChallenge } from '../mcp-challenge.js';
import { McpServerOptions } from '../mcp-options.js';
import { assertAllowedOrigin } from '../callers/mcp-request.js';
import { leaveAuthInfo } from './mcp-auth-info.js';
import { McpCaller } from '../callers/mcp-caller.js';
import { McpCallerKind } from '../callers/mcp-caller-kind.js';
import type { Decision } from '../../decision/decision.js';
import { unmetReasonOf } from '../../rules/org-requirement.js';
import { Policies } from '../../rules/policies.js';
import type { Policy } from '../../rules/policy.js';
import { hasScopes } from '../../rules/scopes.js';
import { nodeRequestOf } from '../../transports/http/node-request.js';
import { noteEndpointRequest } from '../../transports/mcp/endpoint-requests.js';
import { isOtherRouteOfEndpoint } from '../../rules/mcp-nest.js';
import { mcpHandlerInWords } from '../../rules/mcp-nest.js';
import { readMcpMessage, type McpMessage } from './mcp-message.js';
import { ApplicationMcpHandlers, type ApplicationMcpHandler } from './application-mcp-handlers.js';
import { policyBehindEndpoint } from './policy-behind-endpoint.js';
import { assertReached } from './reached-calls.js';
import { roleOf, ToolMarks, type MarkedTool } from './tool-marks.js';
import { acceptsOnly, isEveryone } from '../../rules/callers.js';

/** The properties that `@rekog/mcp-nest` reads when it lists tools. */
interface UserOfRequest {
  readonly userId: string;
  readonly scope: string;
  readonly roles: readonly string[];
}

/**
 * Decides with the guard about requests of MCP clients to `@rekog/mcp-nest`: the requests to the endpoint controller, and each call in
 * them.
 */
@Injectable()
export class McpAccess extends GuardExtension {
  // A private field: logging this object must not print the whole application.
  readonly #modules: ModulesContainer;
  private hasPublicResource: boolean | undefined;

  constructor(
    modules: ModulesContainer,
    private readonly parts: ApplicationMcpHandlers,
    private readonly marks: ToolMarks,
    private readonly policies: Policies,
    private readonly callers: McpCallerKind,
    private readonly options: McpServerOptions,
  ) {
    super();
    this.#modules = modules;
  }

  /** Marks the tools before `@rekog/mcp-nest` reads them. */
  prepareHandlers(): void {
    this.marks.place();
  }

  /**
   * The rules for a request to the endpoint controller that are known before its caller is identified: those of the controller, and those
   * of the tool, resource or prompt that the request calls. Resources are looked up only if one of them is under `@Public()`: otherwise
   * their URIs are matched once the caller is identified.
   */
  policyBefore(endpoint: Policy, decision: Decision): Policy {
    if (endpoint.isMcpEndpoint !== true) return endpoint;
    const message = messageOf(decision.context);
    // The response to such a message stays open, or may stay open.
    const own: Policy = opensStream(message) ? { ...endpoint, opensEventStream: true } : endpoint;
    return this.isKnownLater(own, message) ? own : this.withCalled(own, message, decision);
  }

  /** The rules for the same request once the caller is identified, now always with those of the tool, resource or prompt. */
  policyAfter(known: Policy, decision: Decision): Policy {
    if (known.isMcpEndpoint !== true) return known;
    const message = messageOf(decision.context);
    return this.isKnownLater(known, message) ? this.withCalled(known, message, decision) : known;
  }

  /** Rejects requests of web pages whose origin is not allowed, and calls of `@rekog/mcp-nest` whose request no guard has seen. */
  assertAcceptable({ callers, isMcpEndpoint }: Policy, { call }: Decision): void {
    const isForMcp = acceptsOnly(callers, 'mcp');
    if (!isForMcp && isMcpEndpoint !== true) return;
    assertAllowedOrigin(call, this.options);
    if (isForMcp) assertReached(call, this.#modules);
  }

  challengeFor({ callers, scopes }: Pick<Policy, 'callers' | 'scopes'>) {
    if (!acceptsOnly(callers, 'mcp')) return undefined;
    const { metadataUrl } = this.options;
    return (reason: RejectionReason) => mcpChallenge(reason, { scopes, metadataUrl });
  }

  describeSchemes(authUrl: string): Record<string, SecuritySchemeDescription> {
    return { mcp: createMcpScheme(authUrl, this.options) };
  }

  prepare(decision: Decision): Promise<void> | undefined {
    const { call, mcp, policy } = decision;
    if (mcp !== null) leaveAuthInfo(call, mcp, this.options.resource);
    if (mcp === null && policy?.isMcpEndpoint !== true) return undefined;
    return this.prepareForMcpNest(decision);
  }

  /**
   * Prepares a request that the guard lets in for `@rekog/mcp-nest`.
   *
   * @returns a promise if it has to be found out which tools the caller may call
   */
  private prepareForMcpNest(decision: Decision): Promise<void> | undefined {
    const { context } = decision;
    if (context.getType() !== 'http' || this.parts.list().length === 0) return undefined;
    const request = context.switchToHttp().getRequest<object>();
    noteEndpointRequest(request, this.#modules);
    const message = messageOf(context);
    if (message.kind === 'tools/list' || message.kind === 'unseen') {
      return this.leaveUserFor(decision, request);
    }
    if (decision.mcp !== null) {
      const roles = this.parts.find(message).map(roleOf);
      leaveUser(request, new McpCaller(decision.mcp), roles);
    }
    return undefined;
  }

  private isKnownLater({ callers }: Policy, message: McpMessage): boolean {
    if (isEveryone(callers) || message.kind !== 'call' || !message.of.includes('resource')) {
      return false;
    }
    this.hasPublicResource ??= this.parts
      .list()
      .some((part) => message.of.includes(part.kind) && this.isPublic(part));
    return !this.hasPublicResource;
  }

  private withCalled(endpoint: Policy, message: McpMessage, decision: Decision): Policy {
    const parts = this.parts.find(message);
    const [part] = parts;
    const isCertain = parts.every((one) => this.isPublic(one))
      ? this.parts.isFound(message)
      : // Of several with one name, only their own guards know which is called.
        parts.length === 1;
    if (part === undefined || !isCertain) return endpoint;
    decision.mcpCall = mcpHandlerInWords(part);
    return policyBehindEndpoint(endpoint, this.policies.ofHandler(part.controller, part.handler));
  }

  private isPublic({ controller, handler }: ApplicationMcpHandler): boolean {
    return isEveryone(this.policies.ofHandler(controller, handler).callers);
  }

  private async leaveUserFor(decision: Decision, request: object): Promise<void> {
    const caller = await this.callerOf(decision);
    if (caller !== undefined) leaveUser(request, caller, await this.rolesOf(caller));
  }

  /** @returns `undefined` for a request without a token, to a controller that requires none */
  private async callerOf({ mcp, user, call }: Decision): Promise<McpCaller | undefined> {
    if (mcp !== null) return new McpCaller(mcp, user ?? undefined);
    const text = this.callers.find(call);
    return text === undefined ? undefined : this.callers.identify(text, call);
  }

  private async rolesOf(caller: McpCaller): Promise<string[]> {
    const tools = this.marks.list();
    const inScope = tools.filter(({ policy }) => hasScopes(caller.token.scopes, policy.scopes));
    const isUserNeeded = inScope.some(({ policy }) => policy.needsPresentUser);
    const present = await this.callers.refresh(caller, {
      ...(isUserNeeded && { needsPresentUser: true }),
    });
    const callable = inScope.filter((tool) => mayCall(present, tool));
    // Tools of one name, in classes of one name, share a role. If the caller may not call one of them, none is listed.
    const closed = new Set(
      tools.filter((tool) => !callable.includes(tool)).map(({ role }) => role),
    );
    return callable.map(({ role }) => role).filter((role) => !closed.has(role));
  }
}

function messageOf(context: ExecutionContext): McpMessage {
  // Only one route of the endpoint controller passes on the message in its body; other routes are the application's own.
  if (isOtherRouteOfEndpoint(context.getClass(), context.getHandler())) return { kind: 'unseen' };
  return readMcpMessage(context.switchToHttp().getRequest<{ readonly body?: unknown }>().body);
}

function opensStream({ kind }: McpMessage): boolean {
  return kind === 'subscriptions/listen' || kind === 'unseen';
}

/** Whether a tool is listed: only if its guard would accept this caller. The guard still decides about each call. */
function mayCall({ memberships }: McpCaller, { policy }: MarkedTool): boolean {
  if (!acceptsOnly(policy.callers, 'mcp')) return false;
  if (policy.orgRequirements.length === 0) return true;
  // The organization of the token, if the user is in it.
  const [org] = Object.values(memberships);
  return (
    org !== undefined &&
    policy.orgRequirements.every((requirement) => unmetReasonOf(org, requirement) === undefined)
  );
}

/** Replaces a user that other code has left on the request, because the tools are listed for the caller of this request. */
function leaveUser(request: object, { token }: McpCaller, roles: readonly string[]): void {
  const { userId, scopes } = token;
  const user: UserOfRequest = { userId, scope: scopes.join(' '), roles };
  Object.defineProperty(nodeRequestOf(request), 'user', {
    value: user,
    configurable: true,
    enumerable: true,
    writable: true,
  });
}
