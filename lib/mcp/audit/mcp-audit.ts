import { Injectable } from '@nestjs/common';
import { AuditExtension } from '../../audit/audit-extension.js';
import { HandlerAccessResolver } from '../../audit/application/handler-access-resolver.js';
import { routeInWords } from '../../audit/application/handler-names.js';
import type { AuditedHandler } from '../../audit/checks/audited-handler.js';
import type { AuditedMethod, AuditedRoute } from '../../audit/checks/audited-route.js';
import { accessBehindEndpoint, type HandlerAccess } from '../../rules/handler-access.js';
import { McpServerOptions } from '../mcp-options.js';
import { ApplicationMcpHandlers } from '../nest/application-mcp-handlers.js';
import { mcpArgumentNamesOf } from '../nest/mcp-argument-names.js';
import { findInMcpHandler, findOtherCallersOfEndpoint } from './mcp-handler-checks.js';
import { McpMetadataAudit } from './mcp-metadata-audit.js';
import { McpNestAudit } from './mcp-nest-audit.js';
import { findMcpMistakes } from './mcp-rules.js';

/** Checks the rules about MCP clients when the application starts. */
@Injectable()
export class McpAudit extends AuditExtension {
  constructor(
    private readonly options: McpServerOptions,
    private readonly handlers: ApplicationMcpHandlers,
    private readonly access: HandlerAccessResolver,
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
    return findInMcpHandler(audited);
  }

  /** MCP handlers without rules of their own have those of the endpoint controller. */
  accessOf({ kind, policy }: AuditedHandler, access: HandlerAccess): HandlerAccess {
    const endpoint = kind === 'mcp' ? this.accessOfEndpoint() : undefined;
    if (endpoint === undefined) return access;
    return policy.isExplicit ? accessBehindEndpoint(endpoint, access) : endpoint;
  }

  argumentNamesOf(method: Function): string[] {
    return mcpArgumentNamesOf(method);
  }

  private accessOfEndpoint(): HandlerAccess | undefined {
    const endpoint = this.handlers.onlyEndpoint();
    return (
      endpoint && this.access.of(endpoint, (endpoint.prototype as { readonly post: Function }).post)
    );
  }
}
