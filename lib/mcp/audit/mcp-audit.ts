import { Injectable } from '@nestjs/common';
import { AuditExtension } from '../../audit/audit-extension.js';
import { routeInWords } from '../../audit/application/handler-names.js';
import type { AuditedHandler } from '../../audit/checks/audited-handler.js';
import type { AuditedMethod, AuditedRoute } from '../../audit/checks/audited-route.js';
import type { HandlerAccess } from '../../rules/handler-access.js';
import { McpServerOptions } from '../mcp-options.js';
import { mcpArgumentNamesOf } from '../nest/mcp-argument-names.js';
import { findOtherCallers, findOtherCallersOfEndpoint } from './mcp-handler-checks.js';
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

  findOpenings(routes: readonly AuditedRoute[]): string[] {
    return [
      ...this.nest.findOpenings(),
      ...routes.flatMap((route) =>
        findOtherCallersOfEndpoint(route).map((finding) => `${routeInWords(route)}: ${finding}`),
      ),
    ];
  }

  assertIsServed(): void {
    this.metadata.assertPathIsServed();
  }

  findMistakes(audited: AuditedMethod): string[] {
    return findMcpMistakes(audited, this.options);
  }

  findMistakesOfHandler(audited: AuditedHandler): string[] {
    return findOtherCallers(audited);
  }

  /** MCP handlers without rules of their own have those of the endpoint controller. */
  accessOf({ kind, policy }: AuditedHandler, access: HandlerAccess): HandlerAccess {
    const isUndecorated = kind === 'mcp' && !policy.isExplicit;
    return (isUndecorated ? this.nest.accessOfUndecorated() : undefined) ?? access;
  }

  argumentNamesOf(method: Function): string[] {
    return mcpArgumentNamesOf(method);
  }
}
