import type { INestApplicationContext } from '@nestjs/common';
import type { ApplicationHandler } from '../../../audit/application/application-handler.js';
import { ApplicationRoutes } from '../../../audit/application/application-routes.js';
import type { DescribedHandler } from '../../../audit/access-descriptions.js';
import { ApplicationMcpHandlers } from '../../../mcp/nest/application-mcp-handlers.js';
import {
  isMcpEndpoint,
  mcpHandlerOf,
  type McpHandler,
  type McpKind,
} from '../../../rules/mcp-nest.js';
import { probeHeader, type AccessProbe } from '../access-probe.js';
import type { CalledHandler, ProbedCall } from '../probed-call.js';
import type { ApplicationServer } from './application-server.js';
import { headersFor, type CallParts, type EntryPoint } from './entry-point.js';
import { ANY_VALUE, pathFor } from './http-entry-points.js';

const METHODS: Readonly<Record<McpKind, string>> = {
  tool: 'tools/call',
  prompt: 'prompts/get',
  resource: 'resources/read',
  'resource-template': 'resources/read',
};

/**
 * The tools, resources and prompts of `@rekog/mcp-nest`, called by requests to its endpoint controllers. A request ends there, so that no
 * tool runs. The guard of an endpoint controller decides with the rule of the tool; it takes the organization from the token.
 */
export class McpEntryPoints {
  constructor(
    private readonly app: INestApplicationContext,
    private readonly probe: AccessProbe,
    private readonly server: ApplicationServer,
  ) {}

  of(handler: DescribedHandler): EntryPoint[] {
    const part = mcpHandlerOf(declaredMethod(handler.subject as ApplicationHandler));
    if (part === undefined || !this.isCertain(handler, messageFor(part))) return [];
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
          (controller.prototype as { readonly post?: unknown }).post === handler,
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
    const message = messageFor(part);
    const { call, mark } = this.probe.begin({});
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
    return { call, sent: `${METHODS[part.kind]} ${part.name} (POST ${path})`, response };
  }

  /** Whether the guard of the endpoint controller knows which tool is called, and what guards it. */
  private isCertain({ access }: DescribedHandler, message: object): boolean {
    const tools = this.app.get(ApplicationMcpHandlers, { strict: false });
    return access.guardedBy === undefined && tools.calledBy(message) !== undefined;
  }
}

function declaredMethod({ controller, name }: ApplicationHandler): Function {
  return (controller.prototype as Record<string, Function>)[name] as Function;
}

function isOfEndpoint({ controller }: CalledHandler): boolean {
  return isMcpEndpoint(controller);
}

/** The guard of the endpoint controller decides with the rule of the tool, so what happened there happened to the tool. */
function attributeToTool(call: ProbedCall, { controller, handler }: CalledHandler): void {
  const decisions = call.decisions.filter(isOfEndpoint);
  call.decisions.push(...decisions.map((one) => ({ ...one, controller, handler })));
  if (call.reached.some(isOfEndpoint)) call.reached.push({ controller, handler });
}

/** The message with which a client calls a tool, resource or prompt. The guard of the endpoint controller reads no arguments. */
function messageFor({ kind, name }: McpHandler): object {
  const uri = name.replaceAll(/\{(\??)\w+[^}]*\}/g, (_all, query: string) =>
    query === '' ? ANY_VALUE : '',
  );
  const params = kind === 'tool' || kind === 'prompt' ? { name, arguments: {} } : { uri };
  return { jsonrpc: '2.0', id: 1, method: METHODS[kind], params };
}
