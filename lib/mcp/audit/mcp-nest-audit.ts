import { Injectable, type Type } from '@nestjs/common';
import { HttpAdapterHost, MetadataScanner, ModulesContainer } from '@nestjs/core';
import { ApplicationRoutes } from '../../audit/application/application-routes.js';
import { HandlerAccessResolver } from '../../audit/application/handler-access-resolver.js';
import { acceptsOnly } from '../../rules/callers.js';
import { isMcpHandler, mcpOptionsOf } from '../../rules/mcp-nest.js';
import { Policies } from '../../rules/policies.js';
import { classOf } from '../../values/provided-class.js';
import { ApplicationMcpHandlers } from '../nest/application-mcp-handlers.js';

const NO_ENDPOINT =
  '@rekog/mcp-nest: no guarded controller serves the tools, resources and prompts, so anyone can list them, and every call to one ' +
  "with access rules is rejected. Serve it with a controller: @Controller('mcp') @RequireMcpToken() class McpEndpoint extends " +
  'McpHttpControllerFor(transport) {}.';

/** The token under which `@rekog/mcp-nest` documents to provide its strategy. */
const STRATEGY = 'MCP_STRATEGY';

/** Results that depend on the caller, or that only callers with a token get. */
const RESULTS = [
  'tools/list',
  'resources/list',
  'resources/templates/list',
  'resources/read',
  'prompts/list',
];

/** The option of an `McpStrategy` that says who may share results. */
interface Strategy {
  readonly options?: {
    readonly cacheHints?: Readonly<Record<string, { readonly cacheScope?: unknown } | undefined>>;
  };
}

/** Checks how the application serves `@rekog/mcp-nest`, when it starts. */
@Injectable()
export class McpNestAudit {
  // Private fields: logging this object must not print the whole application.
  readonly #modules: ModulesContainer;
  readonly #adapterHost: HttpAdapterHost;
  readonly #scanner = new MetadataScanner();

  constructor(
    modules: ModulesContainer,
    adapterHost: HttpAdapterHost,
    private readonly handlers: ApplicationMcpHandlers,
    private readonly policies: Policies,
    private readonly routes: ApplicationRoutes,
    private readonly access: HandlerAccessResolver,
  ) {
    this.#modules = modules;
    this.#adapterHost = adapterHost;
  }

  /** What would serve handlers without the guard, and results that other users would see. */
  findOpenings(): string[] {
    return [
      ...this.findUnguardedVersion(),
      ...this.findMissingEndpoint(),
      ...this.findOpenEndpoints(),
      ...this.findPublicResults(),
    ];
  }

  /** Nest makes handlers of the methods that version 2 decorates. Version 1 calls them itself, without guards. */
  private findUnguardedVersion(): string[] {
    const types = [...this.#modules.values()].flatMap(({ controllers, providers }) =>
      [...controllers.values(), ...providers.values()].flatMap((wrapper) => classOf(wrapper) ?? []),
    );
    return [...new Set(types)].filter((type) => this.isOfVersion1(type)).map(describeVersion1);
  }

  private isOfVersion1({ prototype }: Type): boolean {
    return this.#scanner.getAllMethodNames(prototype as object).some((name) => {
      const method = (prototype as Record<string, Function>)[name] as Function;
      return mcpOptionsOf(method) !== undefined && !isMcpHandler(method);
    });
  }

  /** Without HTTP there is nothing to guard: over stdio, every rule rejects all callers. */
  private findMissingEndpoint(): string[] {
    const isServed =
      this.handlers.list().length === 0 ||
      !this.#adapterHost.httpAdapter ||
      this.handlers.listEndpoints().length > 0 ||
      this.routes
        .list()
        .some(({ controller, handler }) =>
          acceptsOnly(this.policies.ofHandler(controller, handler).callers, 'mcp'),
        );
    return isServed ? [] : [NO_ENDPOINT];
  }

  private findOpenEndpoints(): string[] {
    if (this.handlers.list().length === 0) return [];
    return this.handlers
      .listEndpoints()
      .filter((type) => {
        const { post } = type.prototype as { readonly post: Function };
        return this.access.of(type, post).access === 'open';
      })
      .map(describeOpen);
  }

  private findPublicResults(): string[] {
    const results = [...this.#modules.values()].flatMap(({ providers }) => {
      const strategy = providers.get(STRATEGY)?.instance as Strategy | undefined;
      const hints = strategy?.options?.cacheHints;
      return RESULTS.filter((result) => hints?.[result]?.cacheScope === 'public');
    });
    return results.map(describePublicResult);
  }
}

function describeVersion1({ name }: Type): string {
  return (
    `${name}: this version of @rekog/mcp-nest calls tools, resources and prompts without Nest's guards, so access rules cannot ` +
    'protect them. Install @rekog/mcp-nest 2.'
  );
}

function describeOpen({ name }: Type): string {
  return `${name}: the controller is open, because it has no access decorator. Add @RequireMcpToken() or @Public().`;
}

function describePublicResult(result: string): string {
  return (
    `McpStrategy: cacheHints['${result}'] is public, so clients may show one user's results to another. Set cacheScope: ` +
    "'private', or remove the hint."
  );
}
