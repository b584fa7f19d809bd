import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { PropelAuthConfigurationError } from '../../options/configuration.error.js';
import { McpServerOptions } from '../mcp-options.js';
import { McpMetadataEndpoint } from '../mcp-metadata-endpoint.js';
import { ApplicationRoutes } from '../../audit/application/application-routes.js';
import { findInServedPath } from '../../audit/checks/served-paths.js';

/** Checks that clients can find the metadata of the MCP server, when the application starts. */
@Injectable()
export class McpMetadataAudit {
  // A private field: logging this object must not print the whole application.
  readonly #adapterHost: HttpAdapterHost;

  constructor(
    private readonly options: McpServerOptions,
    private readonly endpoint: McpMetadataEndpoint,
    private readonly routes: ApplicationRoutes,
    adapterHost: HttpAdapterHost,
  ) {
    this.#adapterHost = adapterHost;
  }

  /** Fails for a path that cannot be served. */
  assertPathIsServed(): void {
    const findings = this.findings();
    if (findings.length === 0) return;
    throw new PropelAuthConfigurationError(
      ['MCP clients cannot find the metadata of the MCP server:', ...findings].join('\n- '),
    );
  }

  private findings(): string[] {
    const served = {
      name: 'mcpServer()',
      kind: 'plugin',
      path: this.options.metadataPath,
      methods: 'ALL',
      isServed: this.endpoint.isServed,
      otherAdapterAdvice: 'Use one of them, or remove the plugin.',
    } as const;
    const { httpAdapter } = this.#adapterHost;
    return findInServedPath(served, httpAdapter, this.routes.list());
  }
}
