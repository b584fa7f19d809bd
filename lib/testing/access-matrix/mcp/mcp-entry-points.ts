import type { INestApplicationContext } from '@nestjs/common';
import type { ApplicationHandler } from '../../../audit/application/application-handler.js';
import {
  ApplicationRoutes,
  type ApplicationRoute,
} from '../../../audit/application/application-routes.js';
import type { DescribedHandler } from '../../../audit/describe-access.js';
import { nodeRequestOf } from '../../../transports/http/node-request.js';
import { isMcpEndpoint, isOtherRouteOfEndpoint } from '../../../rules/mcp-nest.js';
import { mcpHandlerOf, type McpHandler } from '../../../rules/mcp-nest.js';
import { isObject } from '../../../values/is-object.js';
import type { AccessProbe } from '../access-probe.js';
import { credentialHeaders, mergedHeaders } from '../sent-headers.js';
import type { CallParts, CallResult, EntryPoint, EntryPointSource } from '../entry-point.js';
import { HandlerGuards } from '../handler-guards.js';
import type { HandlerHost } from '../handler-hosts.js';
import type { ApplicationServer } from '../http/application-server.js';
import { fillPattern } from '../http/fill-pattern.js';
import { ProbedCall, type CalledHandler } from '../probed-call.js';
import { mcpMessageFor, type McpMessageCall } from './mcp-message-for.js';

/** An MCP handler: a tool, resource or prompt. */
type DescribedPart = DescribedHandler & { readonly subject: ApplicationHandler };

/** One way to an MCP handler: through an endpoint controller, to its class in one module. */
interface McpTarget {
  readonly handler: DescribedPart;
  readonly part: McpHandler;
  readonly endpoint: CalledHandler;
  /** The path pattern of the endpoint controller. */
  readonly path: string;
  readonly host: HandlerHost;
}

/**
 * The entry points of the MCP handlers (tools, resources and prompts) of `@rekog/mcp-nest`. A call is a request to the endpoint controller:
 * the guard decides as in production, and the probe responds. Then the guards of the MCP handler are called as Nest calls them for the MCP
 * server.
 */
export class McpEntryPoints implements EntryPointSource {
  readonly #guards: HandlerGuards;

  constructor(
    private readonly app: INestApplicationContext,
    private readonly probe: AccessProbe,
    private readonly server: ApplicationServer,
  ) {
    this.#guards = new HandlerGuards(app);
  }

  entryPoints(handlers: readonly DescribedHandler[]): EntryPoint[] {
    const parts = handlers.filter(isOfMcp);
    if (parts.length === 0) return [];
    const endpoints = this.endpoints();
    return parts.flatMap((handler) =>
      this.waysTo(handler, endpoints).map((way) => ({
        handler,
        name:
          endpoints.length > 1
            ? `${handler.description.name} (POST ${way.path})`
            : handler.description.name,
        call: (call) => this.call(way, call),
      })),
    );
  }

  /** The routes for MCP messages, one entry for each path. */
  private endpoints(): { readonly endpoint: CalledHandler; readonly path: string }[] {
    return this.app
      .get(ApplicationRoutes, { strict: false })
      .list()
      .filter(
        ({ controller, handler, method }: ApplicationRoute) =>
          method === 'POST' &&
          isMcpEndpoint(controller) &&
          !isOtherRouteOfEndpoint(controller, handler),
      )
      .flatMap((endpoint) => endpoint.paths.map((path) => ({ endpoint, path })));
  }

  private waysTo(
    handler: DescribedPart,
    endpoints: ReturnType<McpEntryPoints['endpoints']>,
  ): McpTarget[] {
    const { controller, name } = handler.subject;
    const part = mcpHandlerOf((controller.prototype as Record<string, Function>)[name] as Function);
    if (part === undefined) return [];
    return endpoints.flatMap(({ endpoint, path }) =>
      this.#guards
        .hostsOf(handler.subject)
        .map((host) => ({ handler, part, endpoint, path, host })),
    );
  }

  private async call(way: McpTarget, parts: CallParts): Promise<CallResult> {
    const message = mcpMessageFor(way.part, way.handler, parts);
    const inFront = await this.callEndpoint(way, message, parts);
    const request = inFront.call.reached.find(
      ({ controller }) => controller === way.endpoint.controller,
    )?.args?.[0];
    if (!isObject(request)) return { ...inFront, call: asIfDecidedAbout(way, inFront.call) };
    return { ...inFront, call: await this.callPart(way, message, request) };
  }

  private async callEndpoint(
    { path }: McpTarget,
    { message }: McpMessageCall,
    { credentials, given }: CallParts,
  ): Promise<CallResult> {
    let response: string | undefined;
    const call = await this.probe.overNetwork(async (probeHeaders) => {
      response = await this.server.send({
        method: 'POST',
        path: fillPattern(path, given.params ?? {}),
        body: JSON.stringify(message),
        headers: {
          accept: 'application/json, text/event-stream',
          'content-type': 'application/json',
          ...mergedHeaders(credentialHeaders(credentials), given.headers ?? {}),
          ...probeHeaders,
        },
      });
    });
    return response === undefined ? { call, isUnanswered: true } : { call, response };
  }

  /** Calls the guards of the MCP handler with the allowed request, in the form in which the MCP server passes it on. */
  private async callPart(
    { handler: { subject }, host }: McpTarget,
    { payload }: McpMessageCall,
    request: object,
  ): Promise<ProbedCall> {
    const context = {
      getRawRequest: () => nodeRequestOf(request),
      getSession: () => ({ transport: 'streamable-http', stateless: true }),
    };
    let isLetIn = false;
    const call = await this.probe.inProcess(async () => {
      isLetIn = await this.#guards.letIn(host, subject, {
        type: 'rpc',
        args: [payload, context],
        request: { data: payload, context },
        // An MCP server is a microservice of an HTTP application, and so has no global guards.
        hasGlobalGuards: false,
      });
    });
    if (isLetIn) call.reached.push(subject);
    return call;
  }
}

function isOfMcp(handler: DescribedHandler): handler is DescribedPart {
  return handler.description.transport === 'mcp';
}

/** Attributes decisions about the endpoint controller to the MCP handler. */
function asIfDecidedAbout(
  { handler: { subject }, endpoint }: McpTarget,
  { decisions, reached }: ProbedCall,
): ProbedCall {
  const { controller, handler } = subject;
  const call = new ProbedCall();
  call.reached.push(...reached);
  for (const decision of decisions) {
    const isOfEndpoint = decision.controller === endpoint.controller;
    call.decisions.push(isOfEndpoint ? { ...decision, controller, handler } : decision);
  }
  return call;
}
