import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { PropelAuthConfigurationError } from '../options/configuration.error.js';
import { ResolvedOptions } from '../options/resolved-options.js';
import { McpMetadataEndpoint } from '../service/mcp-metadata-endpoint.js';
import { ApplicationRoutes } from './application/application-routes.js';
import { findInServedPath } from './checks/served-paths.js';

/** Checks that clients can find the metadata of the MCP server, when the application starts. */
@Injectable()
export class McpMetadataAudit {
  // A private field: printing this must not print all that the application is made of.
  readonly #adapterHost: HttpAdapterHost;

  constructor(
    private readonly options: ResolvedOptions,
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
    const path = this.options.mcp?.metadataPath;
    if (path === undefined) return [];
    const served = {
      option: 'mcp',
      path,
      methods: 'ALL',
      isServed: this.endpoint.isServed,
      otherAdapterAdvice: 'Use one of them, or remove the option.',
    } as const;
    const { httpAdapter } = this.#adapterHost;
    return findInServedPath(served, httpAdapter, this.routes.list());
  }
}
