import { Injectable } from '@nestjs/common';
import { AuditExtension } from '../../audit/audit-extension.js';
import type { AuditedHandler } from '../../audit/checks/audited-handler.js';
import type { AuditedMethod, AuditedRoute } from '../../audit/checks/audited-route.js';
import { findIn } from '../../audit/checks/named-findings.js';
import { McpServerOptions } from '../mcp-options.js';
import { mcpArgumentNamesOf } from '../nest/mcp-argument-names.js';
import {
  findOtherCallers,
  findOtherCallersOfEndpoint,
  findUndecorated,
} from './mcp-handler-checks.js';
import { McpMetadataAudit } from './mcp-metadata-audit.js';
import { McpNestAudit } from './mcp-nest-audit.js';
import { findMcpMistakes } from './mcp-rules.js';

/** Checks the rules about MCP clients when the application starts. */
@Injectable()
export class McpAudit extends AuditExtension {
  constructor(
    private readonly options: McpServerOptions,
    private readonly nest: McpNestAudit,
    private readonly metadata: McpMetadataAudit,
  ) {
    super();
  }

  findOpenings(routes: readonly AuditedRoute[], handlers: readonly AuditedHandler[]): string[] {
    return [
      ...this.nest.findOpenings(),
      ...findIn(routes, findOtherCallersOfEndpoint),
      ...findIn(handlers, findUndecorated),
    ];
  }

  assertIsServed(): void {
    this.metadata.assertPathIsServed();
  }

  findMistakes(audited: AuditedMethod): string[] {
    return [...findMcpMistakes(audited, this.options), ...findOtherCallers(audited)];
  }

  argumentNamesOf(method: Function): string[] {
    return mcpArgumentNamesOf(method);
  }
}
