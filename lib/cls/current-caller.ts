import { Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { ApiKeyValidation } from '@propelauth/node-apis';
import { ClsServiceManager } from 'nestjs-cls';
import type { Caller } from '../callers/caller.js';
import { asDeclared } from '../types/as-declared.js';
import type { McpToken } from '../types/mcp-token.interface.js';
import type { OrgMemberInfo } from '../types/org-member-info.js';
import type { User } from '../types/user.js';
import { readCaller, type CallerToRunAs } from './caller-to-run-as.js';
import { callers, type StoredCaller } from './caller-storage.js';
import { exceptionForMissingUser, handlerOf } from './missing-user.js';
import type { OrgScope } from './org-scope.js';

/**
 * Who makes the call that the running code belongs to, for services, repositories and whatever else has no context. It is the same in
 * the promises and timers that the handler starts. Listeners, and operators of a stream, run as whoever emits: read the caller before.
 * {@link PropelAuthClsPlugin} provides it.
 *
 * Each call has its own caller: each HTTP request, each message, each root field of a GraphQL operation and each field under a rule of its
 * own. A GraphQL field without a rule has the caller of the nearest field above that has a rule, or of the operation; it needs
 * `fieldResolverEnhancers: ['guards', 'interceptors']`.
 *
 * @example
 * ```ts
 * @Injectable()
 * class ReportsService {
 *   constructor(
 *     private readonly caller: CurrentCaller,
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
export class CurrentCaller {
  /** A private field: printing this must not print all that the application is made of. */
  readonly #moduleRef: ModuleRef;

  /** @hidden Nest's injector calls it. */
  constructor(moduleRef: ModuleRef) {
    this.#moduleRef = moduleRef;
  }

  /**
   * By which credential the caller is known; `null` for a caller who is not known.
   *
   * @throws {Error} outside of a call and of {@link run}
   */
  get kind(): Caller['kind'] | null {
    const { user, apiKey, mcp } = stored('kind');
    if (apiKey !== null) return 'api-key';
    if (mcp !== null) return 'mcp';
    return user === null ? null : 'user';
  }

  /**
   * The user, deeply frozen; `null` for a caller who is not known, for an API key, and for an MCP client where the handler does not need
   * the user.
   *
   * @throws {Error} outside of a call and of {@link run}
   */
  get user(): User | null {
    const { user } = stored('user');
    return user && asDeclared(user);
  }

  /**
   * The organization that the rules of the handler have checked, deeply frozen; `null` where none of them is about an organization. It is
   * never the active organization of a token that no rule has checked.
   *
   * @throws {Error} outside of a call and of {@link run}
   */
  get org(): OrgMemberInfo | null {
    const { org } = stored('org');
    return org && asDeclared(org);
  }

  /**
   * What PropelAuth says of the API key, deeply frozen; `null` for a caller without one.
   *
   * @throws {Error} outside of a call and of {@link run}
   */
  get apiKey(): ApiKeyValidation | null {
    return stored('apiKey').apiKey;
  }

  /**
   * What PropelAuth says of the token of an MCP client, deeply frozen; `null` for another caller.
   *
   * @throws {Error} outside of a call and of {@link run}
   */
  get mcp(): McpToken | null {
    return stored('mcp').mcp;
  }

  /**
   * Tells whether the running code belongs to a call, or to a function that {@link run} was given. Everything else here throws where it
   * does not.
   *
   * @returns whether the caller can be asked for; it may be `null` all the same
   * @example
   * ```ts
   * const userId = caller.isActive() ? caller.user?.userId : 'system';
   * ```
   */
  isActive(): boolean {
    return callers.getStore() !== undefined;
  }

  /**
   * The user, where there has to be one.
   *
   * @returns the user, deeply frozen
   * @throws {PropelAuthUnauthorizedException} 401, in the words of the transport, when the rules of the handler let the caller in without a
   * user: `@OptionalUser()`, an API key, an MCP client
   * @throws {Error} on a handler without a rule or with `@Public()`, which never has a user, and outside of a call and of {@link run}
   * @example
   * ```ts
   * const createdBy = caller.requireUser().userId;
   * ```
   */
  requireUser(): User {
    const caller = stored('requireUser()');
    if (caller.user === null) throw exceptionForMissingUser(caller, this.#moduleRef);
    return asDeclared(caller.user);
  }

  /**
   * The organization that the rules of the handler have checked, where there has to be one. Let repositories take an {@link OrgScope}: an
   * id from elsewhere in the request is then a type error.
   *
   * @returns the organization, deeply frozen
   * @throws {Error} when no rule of the handler is about an organization, and outside of a call and of {@link run}
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
        ? 'CurrentCaller.requireOrg() was called in a function that CurrentCaller.run() runs without an organization. Pass it one: ' +
            'caller.run({ user, org: { orgId } }, …).'
        : `CurrentCaller.requireOrg() was called for ${handlerOf(context)}, and no rule of it has checked an organization. Add ` +
            '@RequireOrgMember(), or another organization rule.',
    );
  }

  /**
   * Runs a function as a caller, for jobs, queues, scripts and tests. Nothing is verified: the caller is whom the application says. Calls
   * of handlers that the function makes have their own callers. It opens a context of nestjs-cls where there is none.
   *
   * @param caller whom to run it as; `null` for nobody
   * @param callback the function, which may be asynchronous
   * @returns what the function returns
   * @throws {TypeError} for a caller with an unknown property, or with an organization or a user without an id
   * @example
   * ```ts
   * class InvoicesProcessor {
   *   constructor(
   *     private readonly caller: CurrentCaller,
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
    // Not injected: Nest 11.0 does not find it in the modules of plugins.
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
    `CurrentCaller.${member} was read outside of a call. Guards, middleware, exception filters and lifecycle hooks are: use ` +
    'getCurrentUser(context) there. GraphQL fields are, too, without fieldResolverEnhancers: ["guards", "interceptors"], and below the ' +
    'events of a subscription. In jobs, scripts and tests, use CurrentCaller.run().'
  );
}
