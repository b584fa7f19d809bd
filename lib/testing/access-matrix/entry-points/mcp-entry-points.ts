import type { INestApplicationContext } from '@nestjs/common';
import type { ApplicationHandler } from '../../../audit/application/application-handler.js';
import { ApplicationRoutes } from '../../../audit/application/application-routes.js';
import type { DescribedHandler } from '../../../audit/describe-access.js';
import { hasHandlerGuard } from '../../../guard/propel-auth.guard.js';
import { ApplicationMcpHandlers } from '../../../mcp/nest/application-mcp-handlers.js';
import { readMcpMessage } from '../../../mcp/nest/mcp-message.js';
import {
  baseOfMcpEndpoint,
  isMcpEndpoint,
  isOtherRouteOfEndpoint,
  mcpHandlerOf,
  type McpHandler,
  type McpKind,
} from '../../../rules/mcp-nest.js';
import { Policies } from '../../../rules/policies.js';
import { isJsonObject } from '../../../values/json-object.js';
import { probeHeader, type AccessProbe } from '../access-probe.js';
import { CannotCall } from '../cannot-call.js';
import type { CalledHandler, ProbedCall, ProbeTarget } from '../probed-call.js';
import type { ApplicationServer, ServerResponse } from './application-server.js';
import { headersFor, valuesIn, type CallParts, type EntryPoint } from './entry-point.js';
import { ANY_VALUE, pathFor } from './http-entry-points.js';

const METHODS: Readonly<Record<McpKind, string>> = {
  tool: 'tools/call',
  prompt: 'prompts/get',
  resource: 'resources/read',
  'resource-template': 'resources/read',
};

/**
 * The tools, resources and prompts of `@rekog/mcp-nest`, called by requests to its endpoint controllers. A request ends at the endpoint
 * controller, whose guard decides with the rules of the tool, or at the tool, if only the tool's guard reads the organization of the call.
 */
export class McpEntryPoints {
  constructor(
    private readonly app: INestApplicationContext,
    private readonly probe: AccessProbe,
    private readonly server: ApplicationServer,
  ) {}

  of(handler: DescribedHandler): EntryPoint[] {
    const part = mcpHandlerOf(declaredMethod(handler.subject as ApplicationHandler));
    if (part === undefined) return [];
    const paths = this.endpointPaths();
    return paths.map((path) => {
      const { name } = handler.description;
      return {
        handler,
        name: paths.length > 1 ? `${name} (POST ${path})` : name,
        others: [],
        call: (parts) => this.call(handler, part, path, parts),
      };
    });
  }

  private endpointPaths(): string[] {
    return this.app
      .get(ApplicationRoutes, { strict: false })
      .list()
      .filter(
        ({ controller, handler, method }) =>
          method === 'POST' &&
          isMcpEndpoint(controller) &&
          !isOtherRouteOfEndpoint(controller, handler),
      )
      .flatMap(({ paths }) => paths);
  }

  private async call(
    handler: DescribedHandler,
    part: McpHandler,
    pattern: string,
    parts: CallParts,
  ) {
    const path = pathFor(pattern, parts.given.params ?? {});
    const message = messageFor(part, handler, parts);
    const { call, mark } = this.probe.begin(this.targetOf(handler, message));
    const response = await this.server.send({
      method: 'POST',
      path,
      headers: {
        accept: 'application/json, text/event-stream',
        'content-type': 'application/json',
        ...headersFor(handler, parts),
        ...probeHeader(mark),
      },
      body: JSON.stringify(message),
    });
    attributeToTool(call, handler.subject);
    return {
      call,
      sent: `${METHODS[part.kind]} ${part.name} (POST ${path})`,
      response: response && withErrorOf(response),
    };
  }

  /**
   * Where a request ends. The endpoint controller knows the rule of the tool, but not the organization that the call names.
   *
   * @throws {CannotCall} if a tool might run, or if it is not certain which one is called
   */
  private targetOf({ access, subject }: DescribedHandler, message: object): ProbeTarget {
    const tools = this.app.get(ApplicationMcpHandlers, { strict: false });
    if (access.guardedBy !== undefined || tools.find(readMcpMessage(message)).length !== 1) {
      throw new CannotCall(UNCERTAIN);
    }
    if (access.orgSources.every(({ reads }) => reads?.from === 'token')) return {};
    if (!this.endsAtTool(subject as ApplicationHandler, tools)) throw new CannotCall(UNCERTAIN);
    return { isOnTheWay: isOfEndpoint, passesThrough: true };
  }

  /** Whether the library hands messages on, and the guard of the tool decides before the tool runs. */
  private endsAtTool(tool: ApplicationHandler, tools: ApplicationMcpHandlers): boolean {
    const { controller, handler } = tool;
    const policies = this.app.get(Policies, { strict: false });
    return (
      tools.listEndpoints().every(keepsPostOfLibrary) &&
      !tool.isRequestScoped &&
      policies.ofHandler(controller, handler).isExplicit &&
      [declaredMethod(tool), controller].some(hasHandlerGuard)
    );
  }
}

const UNCERTAIN =
  'Several tools, resources or prompts match its call, or the call would go on to the MCP server, where no guard ends it for certain. ' +
  'Test it with a client.';

/** Whether an endpoint controller has the method of the library for messages. */
function keepsPostOfLibrary(endpoint: Function): boolean {
  const { prototype } = endpoint as { prototype: { readonly post?: unknown } };
  const base = baseOfMcpEndpoint(endpoint)?.prototype as { readonly post?: unknown } | undefined;
  return prototype.post === base?.post;
}

function isOfEndpoint({ controller }: CalledHandler): boolean {
  return isMcpEndpoint(controller);
}

function declaredMethod({ controller, name }: ApplicationHandler): Function {
  return (controller.prototype as Record<string, Function>)[name] as Function;
}

/** What happened to a request at the endpoint controller, happened to the tool. An allowed request goes on to the guard of the tool. */
function attributeToTool(call: ProbedCall, { controller, handler }: CalledHandler): void {
  const endsAtEndpoint = call.target.passesThrough !== true;
  const decisions = call.decisions.filter(isOfEndpoint);
  const ended = decisions.filter(({ isAllowed }) => endsAtEndpoint || !isAllowed);
  call.decisions.push(...ended.map((one) => ({ ...one, controller, handler })));
  if (call.reached.some(isOfEndpoint)) call.reached.push({ controller, handler });
}

/** The part of a JSON-RPC message that says whether a call has failed. */
interface RpcMessage {
  readonly error?: { readonly message?: string };
  readonly result?: { readonly isError?: boolean };
}

/** The response with status 400 if it contains an error. Status 200 says nothing here. It may be an event stream with one message. */
function withErrorOf(response: ServerResponse): ServerResponse {
  try {
    const { body } = response;
    const { error, result } = JSON.parse(body.slice(body.indexOf('{'))) as RpcMessage;
    if (error === undefined && result?.isError !== true) return response;
    return { ...response, status: 400, statusText: error?.message ?? 'the tool failed' };
  } catch {
    return response;
  }
}

/** The message with which a client calls a tool, resource or prompt. */
function messageFor(
  { kind, name }: McpHandler,
  handler: DescribedHandler,
  parts: CallParts,
): object {
  const data = dataFor(handler, parts);
  const values = isJsonObject(data) ? data : {};
  const method = METHODS[kind];
  if (kind === 'tool' || kind === 'prompt') return rpc(method, { name, arguments: data });
  const uri = name.replaceAll(/\{(\??)(\w+)[^}]*\}/g, (_all, query: string, parameter: string) =>
    query === '' ? encodeURIComponent((values[parameter] as string | undefined) ?? ANY_VALUE) : '',
  );
  return rpc(method, { ...values, uri });
}

function rpc(method: string, params: object): object {
  return { jsonrpc: '2.0', id: 1, method, params };
}

/** The data from the application, and the organization where sources read it, at a path of names such as `filter.orgId`. */
function dataFor(handler: DescribedHandler, parts: CallParts): unknown {
  const { data = {} } = parts.given;
  if (!isJsonObject(data)) return data;
  const copy = structuredClone(data) as Record<string, unknown>;
  for (const [path, orgId] of Object.entries(valuesIn('message', handler, parts))) {
    const names = path.split('.');
    const last = names.pop() as string;
    const holder = names.reduce<Record<string, unknown>>(
      (object, name) => (object[name] ??= {}) as Record<string, unknown>,
      copy,
    );
    holder[last] ??= orgId;
  }
  return copy;
}
