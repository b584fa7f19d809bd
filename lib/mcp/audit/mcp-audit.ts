import { Injectable } from '@nestjs/common';
import { HttpAdapterHost, ModulesContainer } from '@nestjs/core';
import { AuditExtension } from '../../startup/audit-extension.js';
import { assertNone, findIn } from '../../startup/checks/named-findings.js';
import { findInServedPath } from '../../startup/checks/served-paths.js';
import { McpMetadataEndpoint } from '../mcp-metadata-endpoint.js';
import { McpServerOptions } from '../mcp-options.js';
import { mcpArgumentNamesOf } from '../nest/mcp-argument-names.js';
import {
  findOtherCallers,
  findOtherCallersOfEndpoint,
  findUndecorated,
} from './mcp-handler-checks.js';
import {
  findMissingEndpoint,
  findOpenEndpoints,
  findPublicResults,
  findUnguardedVersion,
} from './mcp-nest-audit.js';
import { findMcpMistakes } from './mcp-rules.js';
import type { ApplicationHandler } from '../../startup/application/application-handlers.js';

/** Checks the rules about MCP clients when the application starts. */
@Injectable()
export class McpAudit extends AuditExtension {
  // Private fields: logging this object must not print the whole application.
  readonly #modules: ModulesContainer;
  readonly #adapterHost: HttpAdapterHost;

  constructor(
    private readonly options: McpServerOptions,
    private readonly endpoint: McpMetadataEndpoint,
    modules: ModulesContainer,
    adapterHost: HttpAdapterHost,
  ) {
    super();
    this.#modules = modules;
    this.#adapterHost = adapterHost;
  }

  findOpenings(
    routes: readonly ApplicationHandler[],
    handlers: readonly ApplicationHandler[],
  ): string[] {
    return [
      ...findUnguardedVersion(this.#modules),
      ...(this.#adapterHost.httpAdapter ? findMissingEndpoint(routes, handlers) : []),
      ...findOpenEndpoints(routes, handlers),
      ...findPublicResults(this.#modules),
      ...findIn(routes, findOtherCallersOfEndpoint),
      ...findIn(handlers, findUndecorated),
    ];
  }

  assertIsServed(routes: readonly ApplicationHandler[]): void {
    const served = {
      name: 'mcpServer()',
      kind: 'plugin',
      path: this.options.metadataPath,
      methods: 'ALL',
      isServed: this.endpoint.isServed,
      otherAdapterAdvice: 'Use one of them, or remove the plugin.',
    } as const;
    assertNone(
      'MCP clients cannot find the metadata of the MCP server:',
      findInServedPath(served, this.#adapterHost.httpAdapter, routes),
    );
  }

  findMistakes(audited: ApplicationHandler): string[] {
    return [...findMcpMistakes(audited, this.options), ...findOtherCallers(audited)];
  }

  argumentNamesOf(method: Function): string[] {
    return mcpArgumentNamesOf(method);
  }
}
