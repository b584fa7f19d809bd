import { Injectable, type Type } from '@nestjs/common';
import { HttpAdapterHost, ModulesContainer } from '@nestjs/core';
import { ApplicationMcpHandlers } from '../nest/application-mcp-handlers.js';
import { Policies } from '../../rules/policies.js';
import type { Policy } from '../../rules/policy.js';
import { httpTransportsIn, isStatefulEndpoint, publicResultsIn } from '../nest/mcp-nest-objects.js';
import { ApplicationRoutes } from '../../audit/application/application-routes.js';
import { HandlerAccessResolver } from '../../audit/application/handler-access-resolver.js';
import { acceptsOnly } from '../../rules/callers.js';

const HOW_TO_SERVE =
  "Serve it with a controller: @Controller('mcp') @RequireMcpToken() class McpEndpoint extends McpHttpControllerFor(transport) {}.";

const NO_FRONT =
  'no guarded controller serves the tools, resources and prompts, so anyone can list them, and every call to one ' +
  `with access rules is rejected. ${HOW_TO_SERVE}`;

const MOUNTED = `mount: true makes StreamableHttpTransport serve a route without a guard, so remove it. ${HOW_TO_SERVE}`;

const STATEFUL =
  'statefulMode opens sessions that are not bound to a user, so one user could continue the session of another. Remove the option.';

/** Checks how the application serves `@rekog/mcp-nest`, when it starts. */
@Injectable()
export class McpNestAudit {
  // Private fields: logging this object must not print the whole application.
  readonly #modules: ModulesContainer;
  readonly #adapterHost: HttpAdapterHost;

  constructor(
    modules: ModulesContainer,
    adapterHost: HttpAdapterHost,
    private readonly parts: ApplicationMcpHandlers,
    private readonly policies: Policies,
    private readonly routes: ApplicationRoutes,
    private readonly access: HandlerAccessResolver,
  ) {
    this.#modules = modules;
    this.#adapterHost = adapterHost;
  }

  /** Handlers that would be open, and results that other users would see. */
  findOpenings(): string[] {
    if (this.parts.list().length === 0) return [];
    const providers = this.providers();
    const transports = providers.flatMap(httpTransportsIn);
    return [
      ...this.findMissingEndpoint(),
      ...this.endpoints().flatMap((endpoint) => this.findInFront(endpoint)),
      ...(transports.some(({ isStateful }) => isStateful) ? [`McpStrategy: ${STATEFUL}`] : []),
      ...(transports.some(({ isMounted }) => isMounted) ? [`McpStrategy: ${MOUNTED}`] : []),
      ...providers.flatMap(publicResultsIn).map(describePublicResult),
    ];
  }

  /** Without HTTP there is nothing to guard: over stdio, every rule rejects all callers. */
  private findMissingEndpoint(): string[] {
    if (!this.#adapterHost.httpAdapter || this.endpoints().length > 0) return [];
    const isServed = this.routes
      .list()
      .some(({ controller, handler }) =>
        acceptsOnly(this.policyOf(controller, handler).callers, 'mcp'),
      );
    return isServed ? [] : [`@rekog/mcp-nest: ${NO_FRONT}`];
  }

  private findInFront(endpoint: Type): string[] {
    const post = (endpoint.prototype as { readonly post: Function }).post;
    return [
      ...(this.access.of(endpoint, post).access === 'open'
        ? [
            `${endpoint.name}: the controller is open, because it has no access decorator. Add @RequireMcpToken() or @Public().`,
          ]
        : []),
      ...(isStatefulEndpoint(endpoint) === true ? [`${endpoint.name}: ${STATEFUL}`] : []),
    ];
  }

  private endpoints(): readonly Type[] {
    return this.parts.listEndpoints();
  }

  private policyOf(controller: Type, handler: Function): Policy {
    return this.policies.ofHandler(controller, handler);
  }

  private providers(): unknown[] {
    return [...this.#modules.values()].flatMap((module) =>
      [...module.providers.values()].map(({ instance }): unknown => instance),
    );
  }
}

function describePublicResult(result: string): string {
  return (
    `McpStrategy: cacheHints['${result}'] is public, so clients may show one user's results to another. Set cacheScope: ` +
    "'private', or remove the hint."
  );
}
