import {
  HttpException,
  Injectable,
  type CallHandler,
  type CanActivate,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import {
  CurrentAccount,
  CurrentApiKey,
  CurrentCaller,
  CurrentOrg,
  CurrentUser,
  getCurrentAccount,
  getCurrentApiKey,
  getCurrentCaller,
  getCurrentOrg,
  getCurrentUser,
  PropelAuthService,
  type AccessDecisionEvent,
  type ApiKeyValidation,
  type Caller,
  type OrgMemberInfo,
  type User,
} from 'nestjs-propelauth';
import { CurrentMcpToken, getCurrentMcpToken, type McpToken } from 'nestjs-propelauth/mcp';
import type { TestAccount } from '../rules/account/accounts.js';
import type { Part } from './rules.js';

/** What is known of one call besides what its client gets. */
export interface Testimony {
  /** What the parameters of the handlers were. */
  readonly handlers: SeenBy[];
  /** What guards and interceptors learned. */
  readonly enhancers: SeenBy[];
  /** What `identify()` and `callerKey()` said. */
  identified?: string;
  readonly decisions: AccessDecisionEvent[];
  /** How often the application was asked for the account of a caller. */
  loads: number;
}

/** What one handler, or a guard or interceptor of it, knows of the caller. */
export interface SeenBy {
  /** Such as `Routes.user`. */
  readonly handler: string;
  /** Such as `guard`; empty for the handler itself. */
  readonly where: string;
  readonly words: string;
}

/**
 * Writes down what happens during the calls of one application. The calls follow each other, so what is written down since the last call
 * belongs to this one.
 */
export class Witness {
  private testimony = nothing();

  readonly onDecision = (event: AccessDecisionEvent): void => {
    this.testimony.decisions.push(event);
  };

  /** What has been written down since the last time. */
  take(): Testimony {
    const { testimony } = this;
    this.testimony = nothing();
    return testimony;
  }

  loadedAccount(): void {
    this.testimony.loads++;
  }

  saw(handler: string, sees: readonly Part[], values: readonly unknown[], where = ''): void {
    const words = sees
      .map((part, index) => `${part.replace('IfAny', '')}=${describe(part, values[index])}`)
      .join(' ');
    this.testimony[where === '' ? 'handlers' : 'enhancers'].push({ handler, where, words });
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

const SEES = 'what the handler takes';

/** Tells guards and interceptors the name of a handler, and what its parameters are, also where the handler is wrapped. */
export function noteParts(method: object, name: string, sees: readonly Part[]): void {
  Reflect.defineMetadata(SEES, { name, sees }, method);
}

/** Looks at the caller as guards and interceptors do: Nest gives each of them, and the parameters, another context. */
@Injectable()
export class Onlooker implements CanActivate, NestInterceptor {
  constructor(private readonly witness: Witness) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    await this.look('guard', context);
    return true;
  }

  async intercept(context: ExecutionContext, next: CallHandler) {
    await this.look('interceptor', context);
    return next.handle();
  }

  private async look(where: string, context: ExecutionContext): Promise<void> {
    const { name, sees } = (Reflect.getMetadata(SEES, context.getHandler()) ??
      UNKNOWN_HANDLER) as typeof UNKNOWN_HANDLER;
    const values = await Promise.all(sees.map((part) => PARTS[part][1](context)));
    this.witness.saw(`${context.getClass().name}.${name}`, sees, values, where);
  }
}

const UNKNOWN_HANDLER = { name: 'reference', sees: ['user', 'org'] as readonly Part[] };

/** What a handler has as a parameter, and how guards and interceptors ask for it. */
const PARTS: Record<Part, [ParameterDecorator, (context: ExecutionContext) => unknown]> = {
  user: [CurrentUser(), getCurrentUser],
  org: [CurrentOrg(), getCurrentOrg],
  apiKey: [CurrentApiKey(), getCurrentApiKey],
  mcpToken: [CurrentMcpToken(), getCurrentMcpToken],
  caller: [CurrentCaller(), getCurrentCaller],
  account: [CurrentAccount(), getCurrentAccount],
  accountIfAny: [CurrentAccount({ optional: true }), getCurrentAccount],
};

export const parameterOf = (part: Part): ParameterDecorator => PARTS[part][0];

const nothing = (): Testimony => ({ handlers: [], enhancers: [], decisions: [], loads: 0 });

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
    case 'caller':
      return (value as Caller).kind;
    case 'account':
    case 'accountIfAny':
      return (value as TestAccount).id;
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
