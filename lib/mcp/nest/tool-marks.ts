import { Injectable } from '@nestjs/common';
import { mcpHandlerInWords } from '../../rules/mcp-nest.js';
import {
  ROLES_MATCH_METADATA,
  ROLES_METADATA,
  SCOPES_MATCH_METADATA,
  SCOPES_METADATA,
} from './tool-metadata.js';
import { Policies } from '../../rules/policies.js';
import type { Policy } from '../../rules/policy.js';
import { ApplicationMcpHandlers, type ApplicationMcpHandler } from './application-mcp-handlers.js';
import { isEveryone } from '../../rules/callers.js';

/** A tool under rules, and the role that makes `@rekog/mcp-nest` list it. */
export interface MarkedTool {
  readonly role: string;
  readonly policy: Policy;
}

/**
 * Marks the tools under rules for `@rekog/mcp-nest`, which lists only tools whose scopes and roles the user of a request has. Each tool
 * gets its scopes, which clients see, and a role of its own, which the guard of the endpoint controller gives to callers who may call the
 * tool.
 */
@Injectable()
export class ToolMarks {
  private tools: readonly MarkedTool[] | undefined;

  constructor(
    private readonly parts: ApplicationMcpHandlers,
    private readonly policies: Policies,
  ) {}

  /** Called before the server reads the scopes and roles of its tools. */
  place(): void {
    const scopesOfEndpoint = this.scopesOfEndpoint();
    for (const tool of this.guardedTools()) {
      mark(tool, [...scopesOfEndpoint, ...this.policyOf(tool).scopes]);
    }
  }

  /** The tools under rules. */
  list(): readonly MarkedTool[] {
    return (this.tools ??= this.guardedTools().map((tool) => ({
      role: roleOf(tool),
      policy: this.policyOf(tool),
    })));
  }

  /** The scopes that every call needs. */
  private scopesOfEndpoint(): readonly string[] {
    const [endpoint, ...others] = this.parts.listEndpoints();
    if (endpoint === undefined || others.length > 0) return [];
    const { post } = endpoint.prototype as { readonly post: Function };
    return this.policies.ofHandler(endpoint, post).scopes;
  }

  private guardedTools(): ApplicationMcpHandler[] {
    return this.parts.list().filter((part) => {
      const { isExplicit, callers } = this.policyOf(part);
      return part.kind === 'tool' && isExplicit && !isEveryone(callers);
    });
  }

  private policyOf({ controller, handler }: ApplicationMcpHandler): Policy {
    return this.policies.ofHandler(controller, handler);
  }
}

/** The role of a tool. It reads like a sentence, because the error for a call without the role contains it. */
export function roleOf(part: ApplicationMcpHandler): string {
  return `the access rules of ${part.controller.name} (${mcpHandlerInWords(part)})`;
}

/** The scopes and roles that the application itself gives its tools, without our marks: another application may have the same classes. */
const ownValues = new WeakMap<Function, Map<string, readonly string[]>>();

/** Under `match: 'any'`, a further role or scope would open a tool that the application means to close. */
function mark(tool: ApplicationMcpHandler, scopes: readonly string[]): void {
  const { method } = tool;
  if (Reflect.getMetadata(ROLES_MATCH_METADATA, method) !== 'any') {
    add(ROLES_METADATA, method, [roleOf(tool)]);
  }
  if (Reflect.getMetadata(SCOPES_MATCH_METADATA, method) !== 'any') {
    add(SCOPES_METADATA, method, scopes);
  }
}

function add(key: string, method: Function, values: readonly string[]): void {
  const known = ownValues.get(method) ?? new Map<string, readonly string[]>();
  ownValues.set(method, known);
  const own =
    known.get(key) ?? (Reflect.getMetadata(key, method) as readonly string[] | undefined) ?? [];
  known.set(key, own);
  Reflect.defineMetadata(key, [...new Set([...own, ...values])], method);
}
