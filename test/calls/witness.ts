import {
  HttpException,
  Injectable,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import {
  CurrentApiKey,
  CurrentOrg,
  CurrentUser,
  PropelAuthService,
  type AccessDecisionEvent,
  type ApiKeyValidation,
  type Caller,
  type OrgMemberInfo,
  type User,
} from 'nestjs-propelauth';
import { CurrentMcpToken, type McpToken } from 'nestjs-propelauth/mcp';
import type { Part } from './rules.js';

/** What is known of one call besides what its client gets. */
export interface Testimony {
  /** What the parameters of the handler were. */
  handler?: string;
  /** What `identify()` and `callerKey()` said. */
  identified?: string;
  readonly decisions: AccessDecisionEvent[];
}

/**
 * Writes down what happens during the calls of one application. The calls follow each other, so what is written down since the last call
 * belongs to this one.
 */
export class Witness {
  private testimony: Testimony = { decisions: [] };

  readonly onDecision = (event: AccessDecisionEvent): void => {
    this.testimony.decisions.push(event);
  };

  /** What has been written down since the last time. */
  take(): Testimony {
    const { testimony } = this;
    this.testimony = { decisions: [] };
    return testimony;
  }

  saw(sees: readonly Part[], values: readonly unknown[]): void {
    this.testimony.handler = sees
      .map((part, index) => `${part}=${describe(part, values[index])}`)
      .join(' ');
  }

  identified(caller: Caller | HttpException | null, key: string): void {
    this.testimony.identified = `identify ${wordsOfCaller(caller)}, key ${wordsOfKey(key)}`;
  }
}

/** Asks who is calling while the handler runs. */
@Injectable()
export class AskingInterceptor implements NestInterceptor {
  constructor(
    private readonly propelAuth: PropelAuthService,
    private readonly witness: Witness,
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler) {
    await ask(this.propelAuth, this.witness, context);
    return next.handle();
  }
}

export async function ask(
  propelAuth: PropelAuthService,
  witness: Witness,
  context: ExecutionContext,
): Promise<void> {
  const [caller, key] = await Promise.all([
    propelAuth.identify(context).catch((error: HttpException) => error),
    propelAuth.callerKey(context),
  ]);
  witness.identified(caller, key);
}

/** The parameter decorators of a handler. */
export const PARAMETERS: Record<Part, ParameterDecorator> = {
  user: CurrentUser(),
  org: CurrentOrg(),
  apiKey: CurrentApiKey(),
  mcpToken: CurrentMcpToken(),
};

function describe(part: Part, value: unknown): string {
  if (value === null || value === undefined) return String(value);
  switch (part) {
    case 'user': {
      const { userId, impersonatorUserId } = value as User;
      return impersonatorUserId ? `${userId}(by ${impersonatorUserId})` : userId;
    }
    case 'org': {
      const { orgId, assignedRole } = value as OrgMemberInfo;
      return `${orgId}(${assignedRole})`;
    }
    case 'apiKey': {
      const { user, org } = value as ApiKeyValidation;
      return namesOf(user?.userId, org?.orgId);
    }
    case 'mcpToken': {
      const { userId, orgId, scopes } = value as McpToken;
      return `${namesOf(userId, orgId)}[${scopes.join(' ')}]`;
    }
  }
}

function wordsOfCaller(caller: Caller | HttpException | null): string {
  if (caller === null) return 'null';
  if (caller instanceof HttpException) return `throws ${caller.getStatus()}`;
  return wordsOf(caller.kind, caller.userId, caller.orgId);
}

export function wordsOf(kind: string, userId?: string, orgId?: string): string {
  return `${kind}:${namesOf(userId, orgId)}`;
}

function namesOf(userId?: string, orgId?: string): string {
  return [userId, orgId && `@${orgId}`].filter(Boolean).join('') || 'nobody';
}

/** Without what differs between runs: addresses, and the hashes that stand for API keys without an owner. */
function wordsOfKey(key: string): string {
  return key.replace(/^ip:.*/, 'ip').replace(/^api-key:.*/, 'api-key:hash');
}
