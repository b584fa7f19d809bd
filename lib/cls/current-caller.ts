import { Injectable } from '@nestjs/common';
import { OrgMemberInfo, type ApiKeyValidation } from '@propelauth/node-apis';
import { ClsService } from 'nestjs-cls';
import type { Caller } from '../callers/caller.js';
import { exceptionFor } from '../refusals/exception-for.js';
import { Refusal } from '../refusals/refusal.js';
import { asDeclared } from '../types/as-declared.js';
import type { McpToken } from '../types/mcp-token.interface.js';
import type { OrgMemberInfo as DeclaredOrgMemberInfo } from '../types/org-member-info.js';
import type { User } from '../types/user.js';
import { callers, type StoredCaller } from './caller-storage.js';
import type { OrgScope } from './org-scope.js';

/**
 * Whom {@link CurrentCaller.run} runs a function as. What is left out is `null` inside.
 *
 * @publicApi
 */
export interface CallerToRunAs {
  /** The user. */
  readonly user?: User | null;
  /** The organization; of one that is given by its id alone, the caller has no role and no permission in it. */
  readonly org?: DeclaredOrgMemberInfo | { readonly orgId: string } | null;
  /** What PropelAuth says of the API key. */
  readonly apiKey?: ApiKeyValidation | null;
  /** What PropelAuth says of the MCP token. */
  readonly mcp?: McpToken | null;
}

/** TODO(part cls): the whole TSDoc. */
@Injectable()
export class CurrentCaller {
  /** @hidden Nest's injector calls it. */
  constructor(private readonly cls: ClsService) {}

  /** By which credential the caller is known; `null` for nobody. */
  get kind(): Caller['kind'] | null {
    const { user, apiKey, mcp } = this.stored();
    if (apiKey !== null) return 'api-key';
    if (mcp !== null) return 'mcp';
    return user === null ? null : 'user';
  }

  get user(): User | null {
    const { user } = this.stored();
    return user && asDeclared(user);
  }

  get org(): DeclaredOrgMemberInfo | null {
    const { org } = this.stored();
    return org && asDeclared(org);
  }

  get apiKey(): ApiKeyValidation | null {
    return this.stored().apiKey;
  }

  get mcp(): McpToken | null {
    return this.stored().mcp;
  }

  /** Whether the running code belongs to a call, or to a function that {@link run} was given. */
  isActive(): boolean {
    return callers.getStore() !== undefined;
  }

  requireUser(): User {
    const { user } = this;
    if (user === null) throw exceptionFor(new Refusal('token_missing'), false);
    return user;
  }

  requireOrg(): OrgScope {
    const { org } = this;
    if (org === null) {
      throw new Error(
        'This call is about no organization. Give its handler an organization rule, such as @RequireOrgMember().',
      );
    }
    return org as OrgScope;
  }

  run<Result>(caller: CallerToRunAs | null, callback: () => Result): Result {
    const stored = storedCallerOf(caller ?? {});
    return this.cls.run({ ifNested: 'reuse' }, () => callers.run(stored, callback));
  }

  private stored(): StoredCaller {
    const stored = callers.getStore();
    if (stored === undefined) {
      throw new Error(
        'There is no call here, so nobody knows who is calling. Guards and middleware run before the caller is known; in jobs, call ' +
          'CurrentCaller.run(); GraphQL fields need fieldResolverEnhancers: ["guards", "interceptors"].',
      );
    }
    return stored;
  }
}

function storedCallerOf({ user, org, apiKey, mcp }: CallerToRunAs): StoredCaller {
  return {
    user: user ?? null,
    org: org ? membershipOf(org) : null,
    apiKey: apiKey ?? null,
    mcp: mcp ?? null,
  };
}

function membershipOf(org: DeclaredOrgMemberInfo | { readonly orgId: string }): OrgMemberInfo {
  return org instanceof OrgMemberInfo ? org : new OrgMemberInfo(org.orgId, '', {}, '', '', [], []);
}
