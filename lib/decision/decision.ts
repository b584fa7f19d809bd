import type { ExecutionContext } from '@nestjs/common';
import type { ApiKeyValidation, OrgMemberInfo, UserClass } from '@propelauth/node-apis';
import type { McpToken } from '../types/mcp-token.interface.js';
import type { PropelAuthEvent } from '../webhooks/propel-auth-event.js';
import type { Policy } from '../rules/policy.js';

/** The caller of a call, for handlers and others after the decision. */
export interface KnownCaller {
  readonly user: UserClass | null;
  readonly org: OrgMemberInfo | null;
  readonly apiKey: ApiKeyValidation | null;
  readonly mcp: McpToken | null;
  readonly event: PropelAuthEvent | null;
  /** Whether this is a GraphQL field without a rule, which was allowed because its operation was. */
  readonly belongsToOperation?: boolean;
}

/** What the guard decided about one call of one handler. */
export class Decision implements KnownCaller {
  /** The rules of the handler, once they are looked up. */
  policy: Policy | undefined = undefined;
  /** Whether it is being made; until then a guard has been reached that has nothing to say. */
  isBegun = false;
  /** The exception that rejected it, to be thrown again. */
  rejection: unknown = undefined;
  user: UserClass | null = null;
  org: OrgMemberInfo | null = null;
  apiKey: ApiKeyValidation | null = null;
  mcp: McpToken | null = null;
  event: PropelAuthEvent | null = null;
  belongsToOperation = false;
  /** The tool, resource or prompt that a request of an MCP client calls, in words, as far as it is known. */
  mcpCall: string | undefined = undefined;
  /** When it began, by the clock of the open streams; only for calls that open one. */
  begunAt = 0;
  /** The decisions about calls that cannot be told from this one. Of them, only the latest leads to earlier ones. */
  private twins: Twins | undefined = undefined;
  private currentOutcome: true | Promise<true> | undefined = undefined;

  /**
   * @param context what it is made for. Another context needs another decision, even if the handler is the same
   * @param earlier the one before it, about another handler or context of the same call
   */
  constructor(
    readonly context: ExecutionContext,
    public earlier: Decision | undefined,
  ) {}

  /** Allowed (the promise while it is being decided); `undefined` when it was rejected. */
  get outcome(): true | Promise<true> | undefined {
    return this.currentOutcome;
  }

  set outcome(outcome: true | Promise<true> | undefined) {
    this.currentOutcome = outcome;
    if (outcome === true && this.twins !== undefined) this.twins.allowed = this;
  }

  /** Whether the call was allowed. */
  get isAllowed(): boolean {
    return this.outcome === true;
  }

  /** The latest allowed decision about this call, or about one that cannot be told from it. */
  get allowed(): Decision | undefined {
    return this.isAllowed ? this : this.twins?.allowed;
  }

  /** Takes the place of the decision before it, which is about a call that cannot be told from this one. */
  replaceTwin(earlier: Decision): void {
    earlier.twins ??= { allowed: earlier.allowed };
    this.twins = earlier.twins;
    this.earlier = earlier.earlier;
  }

  /** Whether something may stay open when the call is let in: of HTTP few routes, of the rest whatever comes over a connection. */
  get mayOpenStream(): boolean {
    return (
      this.policy?.opensEventStream === true ||
      this.mayRespondWithStream ||
      this.context.getType() !== 'http'
    );
  }

  /** Whether only the handler knows if its response stays open: MCP SDKs answer with JSON or with an event stream. */
  get mayRespondWithStream(): boolean {
    return this.policy?.mode === 'mcp' && this.policy.isMcpFront !== true;
  }

  /** Whether the call was rejected, and so is over. */
  get isRejected(): boolean {
    return this.isBegun && this.outcome === undefined;
  }

  /** Whether only this decision is about such a call. */
  get isAlone(): boolean {
    return this.twins === undefined;
  }
}

interface Twins {
  /** The latest one that was allowed. */
  allowed: Decision | undefined;
}
