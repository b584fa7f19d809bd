import { Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { ClsServiceManager } from 'nestjs-cls';
import type { ApiKey } from '../types/api-key.js';
import type { Caller } from '../types/caller.js';
import { asDeclared } from '../types/as-declared.js';
import type { McpToken } from '../types/mcp-token.interface.js';
import type { OrgMemberInfo } from '../types/org-member-info.js';
import type { User } from '../types/user.js';
import { readCaller, type CallerToRunAs } from './caller-to-run-as.js';
import { callers, type StoredCaller } from './caller-storage.js';
import { exceptionForMissingUser, handlerOf } from './missing-user.js';
import type { OrgScope } from './org-scope.js';

/**
 * The caller of the current request, message or GraphQL field, for services, repositories and other code without an `ExecutionContext`.
 * Promises and timers that the handler starts keep it. Listeners and operators of a stream run as the caller that emits, so read the caller
 * outside of them. {@link PropelAuthClsPlugin} provides it.
 *
 * Each HTTP request, each message and each root field of a GraphQL operation has its own caller, and so does each GraphQL field with a
 * rule. A field without a rule has the caller of the nearest field above it with a rule, or of its operation. GraphQL fields need
 * `fieldResolverEnhancers: ['interceptors']`, and `'guards'` as well where a field has a rule.
 *
 * @example
 * ```ts
 * @Injectable()
 * class ReportsService {
 *   constructor(
 *     private readonly caller: CallerContext,
 *     private readonly reports: Reports,
 *   ) {}
 *
 *   list() {
 *     return this.reports.findByOrg(this.caller.requireOrg().orgId);
 *   }
 * }
 * ```
 *
 * @publicApi
 */
@Injectable()
export class CallerContext {
  /** A private field, so that printing this object does not print the whole application. */
  readonly #moduleRef: ModuleRef;

  /** @internal Nest's injector calls it. */
  constructor(moduleRef: ModuleRef) {
    this.#moduleRef = moduleRef;
  }

  /**
   * The kind of the caller, which may be one of your own; `null` for an unauthenticated caller.
   *
   * @throws {Error} outside of a call and of {@link run}
   */
  get kind(): Caller['kind'] | null {
    return stored('kind').identified?.describe().kind ?? null;
  }

  /**
   * The user, deeply frozen; `null` for an unauthenticated caller, for an API key, and for an MCP client if the handler does not need the
   * user.
   *
   * @throws {Error} outside of a call and of {@link run}
   */
  get user(): User | null {
    const { identified } = stored('user');
    return identified?.user ? asDeclared(identified.user) : null;
  }

  /**
   * The organization that the rules of the handler have checked, deeply frozen; `null` without an organization rule. It is never the active
   * organization of a token that no rule has checked.
   *
   * @throws {Error} outside of a call and of {@link run}
   */
  get org(): OrgMemberInfo | null {
    return asDeclared(stored('org').org);
  }

  /**
   * PropelAuth's validation of the API key, deeply frozen; `null` for a caller without one.
   *
   * @throws {Error} outside of a call and of {@link run}
   */
  get apiKey(): ApiKey | null {
    return stored('apiKey').identified?.describe().apiKey ?? null;
  }

  /**
   * PropelAuth's introspection of the MCP token, deeply frozen; `null` for other callers.
   *
   * @throws {Error} outside of a call and of {@link run}
   */
  get mcp(): McpToken | null {
    return stored('mcp').identified?.describe().mcp ?? null;
  }

  /**
   * Whether the code runs inside of a call or of {@link run}. Outside, all other members except {@link run} throw.
   *
   * @returns `true` also for an unauthenticated caller
   * @example
   * ```ts
   * const userId = caller.isActive() ? caller.user?.userId : 'system';
   * ```
   */
  isActive(): boolean {
    return callers.getStore() !== undefined;
  }

  /**
   * Returns the user, and throws if there is none.
   *
   * @returns the user, deeply frozen
   * @throws {PropelAuthUnauthorizedException} 401 in the form of the transport, if the rules of the handler also accept callers without a
   * user: `@OptionalUser()`, an API key, an MCP client
   * @throws {Error} in a handler without a rule or with `@Public()`, which never has a user, and outside of a call and of {@link run}
   * @example
   * ```ts
   * const createdBy = caller.requireUser().userId;
   * ```
   */
  requireUser(): User {
    const caller = stored('requireUser()');
    if (caller.identified?.user) return asDeclared(caller.identified.user);
    throw exceptionForMissingUser(caller.context, this.#moduleRef);
  }

  /**
   * Returns the organization that the rules of the handler have checked, and throws if there is none. Let repositories take an {@link
   * OrgScope}: an id from elsewhere in the request is then a type error.
   *
   * @returns the organization, deeply frozen
   * @throws {Error} if no rule of the handler checks an organization, and outside of a call and of {@link run}
   * @example
   * ```ts
   * const invoices = await repository.list(caller.requireOrg());
   * ```
   */
  requireOrg(): OrgScope {
    const { org, context } = stored('requireOrg()');
    if (org !== null) return asDeclared(org) as OrgScope;
    throw new Error(
      context === undefined
        ? 'CallerContext.requireOrg() was called inside CallerContext.run() without an organization. Pass one: caller.run({ ' +
            'user, org: { orgId } }, …).'
        : `CallerContext.requireOrg() was called for ${handlerOf(context)}, which has no organization rule. Add ` +
            '@RequireOrgMember() or another organization rule.',
    );
  }

  /**
   * Runs a function as the given caller, for jobs, queues, scripts and tests. Nothing is verified. Requests and messages that the function
   * sends to handlers have their own callers. Opens a context of nestjs-cls if there is none.
   *
   * @param caller the caller; `null` for an unauthenticated one
   * @param callback the function, which may be asynchronous
   * @returns what the function returns
   * @throws {TypeError} for a caller with an unknown property, a user that is not a {@link User}, an organization without an id, and a
   * missing function
   * @example
   * ```ts
   * class InvoicesProcessor {
   *   constructor(
   *     private readonly caller: CallerContext,
   *     private readonly reports: Reports,
   *   ) {}
   *
   *   process(job: { data: { orgId: string } }) {
   *     return this.caller.run({ org: { orgId: job.data.orgId } }, () =>
   *       this.reports.findByOrg(this.caller.requireOrg().orgId),
   *     );
   *   }
   * }
   * ```
   */
  run<Result>(caller: CallerToRunAs | null, callback: () => Result): Result {
    const runAs = readCaller(caller);
    if (typeof callback !== 'function') {
      throw new TypeError('CallerContext.run() takes a function to run: run(caller, () => …).');
    }
    // ClsService is not injected: Nest 11.0 does not find it in the modules of plugins.
    const cls = ClsServiceManager.getClsService();
    return cls.run({ ifNested: 'reuse' }, () => callers.run(runAs, callback));
  }
}

function stored(member: string): StoredCaller {
  const caller = callers.getStore();
  if (caller === undefined) throw new Error(describeOutside(member));
  return caller;
}

function describeOutside(member: string): string {
  return (
    `CallerContext.${member} was used outside of a call, so there is no caller. Choose what applies:\n` +
    '- Jobs, scripts and tests: use CallerContext.run().\n' +
    '- GraphQL fields: set fieldResolverEnhancers: ["interceptors"]. A field below a subscription also needs a rule, and "guards".\n' +
    '- Guards, and global interceptors of modules before ClsModule: use getCurrentUser(context).\n' +
    '- Handlers: add PropelAuthClsPlugin to the plugins of ClsModule.'
  );
}
