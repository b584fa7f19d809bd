import type { IncomingMessage } from 'node:http';
import { Injectable, type ExecutionContext } from '@nestjs/common';
import type { UserClass } from '@propelauth/node-apis';
import type { OrgReference } from '../options/org-source.interface.js';
import { ResolvedOptions } from '../options/resolved-options.js';
import { readBearerToken } from '../transport/http/http.transport.js';
import { TokenAuthenticator } from '../callers/token/token-authenticator.js';
import { asDeclared } from '../types/as-declared.js';
import type { OrgPermission, OrgRole } from '../types/declared-types.js';
import type { OrgMemberInfo } from '../types/org-member-info.js';
import type { User } from '../types/user.js';
import { ConnectionAuthenticator } from './connection-authenticator.js';
import type { Caller } from '../callers/caller.js';
import { CallerLookup } from '../callers/caller-lookup.js';
import { findMembership, findMembershipById } from '../rules/org-membership.js';
import { StepUpVerifier } from '../callers/step-up/step-up-verifier.js';
import {
  unmetReasonOf,
  permissionsRequirement,
  roleRequirement,
  type OrgRequirement,
} from '../rules/org-requirement.js';
import type { RejectionReason } from '../refusals/refusal-table.js';
import { Refusal } from '../refusals/refusal.js';
import { exceptionFor } from '../refusals/exception-for.js';

/**
 * The checks of the guard as functions, for code that no guard is called for: jobs, scripts, connections of WebSockets, and
 * handlers that learn only from their input which organization they are about.
 *
 * @example
 * ```ts
 * @Injectable()
 * class ReportsService {
 *   constructor(
 *     private readonly propelAuth: PropelAuthService,
 *     private readonly reports: Reports,
 *   ) {}
 *
 *   async create(accessToken: string, orgId: string) {
 *     const user = await this.propelAuth.validateAccessToken(accessToken);
 *     const org = this.propelAuth.requireOrgMemberWithMinimumRole(user, orgId, 'Admin');
 *     return this.reports.create({ orgId: org.orgId, createdBy: user.userId });
 *   }
 * }
 * ```
 *
 * @publicApi
 */
@Injectable()
export class PropelAuthService {
  /** @hidden Nest's injector calls it. */
  constructor(
    private readonly authenticator: TokenAuthenticator,
    private readonly stepUps: StepUpVerifier,
    private readonly connections: ConnectionAuthenticator,
    private readonly callers: CallerLookup,
    private readonly options: ResolvedOptions,
  ) {}

  /**
   * Verifies an access token.
   *
   * @param token the token itself, without `Bearer`
   * @returns the user whom it was issued for, deeply frozen
   * @throws {UnauthorizedException} when it is not a valid access token of this PropelAuth project
   * @throws {ServiceUnavailableException} while the verification key could not be fetched yet
   * @example
   * ```ts
   * const user = await propelAuth.validateAccessToken(accessToken);
   * ```
   */
  validateAccessToken(token: string): Promise<User> {
    try {
      const known = this.authenticator.recallPromise(token);
      if (known !== undefined) return asDeclared(known);
    } catch (error) {
      return Promise.reject(this.exceptionFor(error, describeBareToken));
    }
    return asDeclared(
      this.withExceptions(() => this.authenticator.authenticate(token), describeBareToken),
    );
  }

  /**
   * Verifies the access token in an Authorization header.
   *
   * @param header the value of the header: exactly `Bearer <token>`, any case of `Bearer` (RFC 6750, section 2.1)
   * @returns the user whom the token was issued for, deeply frozen
   * @throws {UnauthorizedException} without a header, and when it holds no valid access token of this PropelAuth project
   * @throws {ServiceUnavailableException} while the verification key could not be fetched yet
   * @example
   * ```ts
   * const user = await propelAuth.validateAuthorizationHeader(header);
   * ```
   */
  validateAuthorizationHeader(header: string | undefined): Promise<User> {
    return asDeclared(
      this.withExceptions(() => this.authenticator.authenticate(readBearerToken(header))),
    );
  }

  /**
   * Verifies who opens a WebSocket connection, for `handleConnection` of a gateway. A client without a valid access token is told
   * so (event `exception`) and disconnected. The connection of any other ends when its token expires (unless
   * {@link PropelAuthModuleOptions.endStreamsAtExpiry} is `false`), and under `liveAccess` when the access of its user changes, so that the
   * client connects again.
   *
   * Nest does not wait for `handleConnection`. Messages that arrive meanwhile are guarded by the decorators of their handlers all
   * the same. With the `ws` adapter the guard has the token from here: call it before anything that takes time.
   *
   * @param client the client, of socket.io or `ws`
   * @param request the request that opened the connection, the second argument of `handleConnection` under the `ws` adapter.
   * Default: none, since a client of socket.io knows its own
   * @returns the user whom the token was issued for, deeply frozen; `null` when the client was disconnected. It throws nothing for a
   * refused token
   * @throws {TypeError} for a client that is neither of socket.io nor of `ws`
   * @example
   * ```ts
   * @WebSocketGateway()
   * class ReportsGateway implements OnGatewayConnection {
   *   constructor(private readonly propelAuth: PropelAuthService) {}
   *
   *   async handleConnection(client: object, request?: IncomingMessage) {
   *     await this.propelAuth.authenticateConnection(client, request);
   *   }
   * }
   * ```
   */
  async authenticateConnection(client: object, request?: IncomingMessage): Promise<User | null> {
    const user = await this.connections.authenticate(client, request);
    return user && asDeclared(user);
  }

  /**
   * Checks that a user is a member of an organization.
   *
   * @param user a verified user
   * @param org the id of the organization, or `{ orgId, orgName }`: its id, its URL-safe name, or both of one organization
   * @returns the user's membership in it
   * @throws {ForbiddenException} when the user is not a member
   * @example
   * ```ts
   * const org = propelAuth.requireOrgMember(user, orgId);
   * ```
   */
  requireOrgMember(user: UserClass, org: string | OrgReference): OrgMemberInfo {
    return this.requireOrg(user, org, { kind: 'member' });
  }

  /**
   * Checks that a user has at least a role in an organization. In an organization where users have several roles there is no
   * hierarchy, and "at least" means having the role.
   *
   * @param user a verified user
   * @param org the id of the organization, or `{ orgId, orgName }`: its id, its URL-safe name, or both of one organization
   * @param role the lowest sufficient role
   * @returns the user's membership in it
   * @throws {ForbiddenException} when the user is not a member or the role is lower
   * @throws {TypeError} when the role is not a string or empty
   * @see PropelAuth, "Roles and Permissions"
   * @example
   * ```ts
   * const org = propelAuth.requireOrgMemberWithMinimumRole(user, orgId, 'Admin');
   * ```
   */
  requireOrgMemberWithMinimumRole(
    user: UserClass,
    org: string | OrgReference,
    role: OrgRole,
  ): OrgMemberInfo {
    return this.requireOrg(user, org, roleRequirement(role, false));
  }

  /**
   * Checks that a user has exactly a role in an organization: a higher one does not do.
   *
   * @param user a verified user
   * @param org the id of the organization, or `{ orgId, orgName }`: its id, its URL-safe name, or both of one organization
   * @param role the role
   * @returns the user's membership in it
   * @throws {ForbiddenException} when the user is not a member or has another role
   * @throws {TypeError} when the role is not a string or empty
   * @example
   * ```ts
   * const org = propelAuth.requireOrgMemberWithExactRole(user, orgId, 'Admin');
   * ```
   */
  requireOrgMemberWithExactRole(
    user: UserClass,
    org: string | OrgReference,
    role: OrgRole,
  ): OrgMemberInfo {
    return this.requireOrg(user, org, roleRequirement(role, true));
  }

  /**
   * Checks that a user has a permission in an organization.
   *
   * @param user a verified user
   * @param org the id of the organization, or `{ orgId, orgName }`: its id, its URL-safe name, or both of one organization
   * @param permission the permission
   * @returns the user's membership in it
   * @throws {ForbiddenException} when the user is not a member or lacks the permission
   * @throws {TypeError} when the permission is not a string or empty
   * @example
   * ```ts
   * const org = propelAuth.requireOrgMemberWithPermission(user, orgId, 'can_view_billing');
   * ```
   */
  requireOrgMemberWithPermission(
    user: UserClass,
    org: string | OrgReference,
    permission: OrgPermission,
  ): OrgMemberInfo {
    return this.requireOrg(user, org, permissionsRequirement([permission]));
  }

  /**
   * Checks that a user has all of several permissions in an organization.
   *
   * @param user a verified user
   * @param org the id of the organization, or `{ orgId, orgName }`: its id, its URL-safe name, or both of one organization
   * @param permissions the permissions, at least one
   * @returns the user's membership in it
   * @throws {ForbiddenException} when the user is not a member or lacks one of them
   * @throws {TypeError} when the list is empty or holds something that is not a string or empty
   * @example
   * ```ts
   * const org = propelAuth.requireOrgMemberWithAllPermissions(user, orgId, ['can_view_billing', 'can_edit_billing']);
   * ```
   */
  requireOrgMemberWithAllPermissions(
    user: UserClass,
    org: string | OrgReference,
    permissions: readonly OrgPermission[],
  ): OrgMemberInfo {
    return this.requireOrg(user, org, permissionsRequirement(permissions));
  }

  /**
   * Checks with PropelAuth that a user has just passed another MFA challenge for a kind of action: what `@RequireStepUpMfa()` does,
   * for handlers that validate their input first. Asking uses up a one-time grant.
   *
   * @param user a verified user; nobody (`null`) has no grant
   * @param actionType the kind of action, as it was given to `verifyStepUpTotpChallenge`
   * @param grant the step-up grant; `undefined` when the request has none
   * @returns a promise that is fulfilled when the grant holds
   * @throws {ForbiddenException} with the reason `step_up_required`, when the grant is missing or does not hold for this user and
   * action
   * @throws {ServiceUnavailableException} when PropelAuth cannot be asked
   * @throws {TypeError} when the action type is empty or not a string
   * @see PropelAuth, "Step-Up MFA"
   * @example
   * ```ts
   * await propelAuth.verifyStepUp(user, 'WITHDRAW_FUNDS', grant);
   * ```
   */
  async verifyStepUp(
    user: UserClass | null,
    actionType: string,
    grant: string | undefined,
  ): Promise<void> {
    if (typeof actionType !== 'string' || actionType.trim() === '') {
      throw new TypeError(
        "verifyStepUp() needs an action type. Pass a string that is not empty, such as 'DELETE_ACCOUNT'.",
      );
    }
    await this.withExceptions(() => this.stepUps.verify(user, actionType, grant));
  }

  /**
   * Says who is calling, in any guard, interceptor or filter with a context: after the guard has decided, and before, as in a global
   * guard of the root module. It asks for no permission, and the rules of the handler do not matter.
   *
   * The credential is looked for where the handler has it. A token is verified once; about an API key PropelAuth is asked once per call,
   * however often this is called.
   *
   * @param context the context that Nest hands to the guard, interceptor or filter
   * @returns the caller; `null` without a credential, with one that is not valid, and with more than one. Where a handler takes a user and
   * no API key, it is the user, whatever key is sent along
   * @throws {ServiceUnavailableException} while no verification key is there, or PropelAuth cannot be asked about an API key
   * @throws {HttpException} 429, when the API key is used too often
   * @example
   * ```ts
   * @Injectable()
   * class PlanGuard implements CanActivate {
   *   constructor(private readonly propelAuth: PropelAuthService) {}
   *
   *   async canActivate(context: ExecutionContext) {
   *     const caller = await this.propelAuth.identify(context);
   *     return caller?.orgId !== undefined;
   *   }
   * }
   * ```
   */
  async identify(context: ExecutionContext): Promise<Caller | null> {
    return this.withExceptions(() => this.callers.identify(context));
  }

  /**
   * The key under which to count what one caller does, for rate limits: `user:<id>` or `org:<id>` for a credential that was verified or is
   * remembered, else `ip:<address>`, of an IPv6 address the first 64 bits. It asks PropelAuth nothing and never rejects: an API key that
   * this process does not remember (`apiKeys.cacheSeconds`) counts by its address. To cache answers it is not enough: they may differ by
   * organization.
   *
   * @param context the context that Nest hands to the guard, interceptor or filter
   * @returns the key. The address is the one that the application takes: behind a proxy, let Express or Fastify trust it
   * @example
   * ```ts
   * class UserThrottlerGuard {
   *   constructor(private readonly propelAuth: PropelAuthService) {}
   *
   *   getTracker(_request: object, context: ExecutionContext) {
   *     return this.propelAuth.callerKey(context);
   *   }
   * }
   * ```
   */
  async callerKey(context: ExecutionContext): Promise<string> {
    return this.callers.keyOf(context);
  }

  private requireOrg(
    user: UserClass,
    named: string | OrgReference,
    requirement: OrgRequirement,
  ): OrgMemberInfo {
    try {
      const memberships = user.orgIdToUserOrgInfo;
      const org =
        typeof named === 'object' && named !== null
          ? findMembership(memberships, named)
          : findMembershipById(memberships, named);
      const unmet = unmetReasonOf(org, requirement);
      if (unmet !== undefined) throw new Refusal(unmet);
      return asDeclared(org);
    } catch (error) {
      throw exceptionFor(error, this.options.debugMode);
    }
  }

  /** Without waiting for what is there already: each `await` would take longer than the look-up of a known token. */
  private withExceptions<Result>(
    check: () => Result | Promise<Result>,
    describe?: DescribeRefusal,
  ): Promise<Result> {
    try {
      const result = check();
      return result instanceof Promise
        ? result.catch((error: unknown) => Promise.reject(this.exceptionFor(error, describe)))
        : Promise.resolve(result);
    } catch (error) {
      return Promise.reject(this.exceptionFor(error, describe));
    }
  }

  private exceptionFor(error: unknown, describe?: DescribeRefusal): Error {
    return exceptionFor(error, this.options.debugMode, describe) as Error;
  }
}

type DescribeRefusal = (reason: RejectionReason) => string | undefined;

/** A token that came with no header that could be named. */
function describeBareToken(reason: RejectionReason): string | undefined {
  return reason === 'token_malformed' ? 'The value is not an access token' : undefined;
}
