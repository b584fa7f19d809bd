import type { IncomingMessage } from 'node:http';
import { HttpStatus, Injectable, type ExecutionContext } from '@nestjs/common';
import type { UserClass } from '@propelauth/node-apis';
import type { OrgReference } from '../options/org-source.interface.js';
import { ResolvedOptions } from '../options/resolved-options.js';
import { readBearerToken } from '../transports/http/http-call.js';
import { UserCallerKind } from '../callers/user/user-caller-kind.js';
import { asDeclared } from '../types/as-declared.js';
import type { OrgPermission, OrgRole } from '../types/declared-types.js';
import type { OrgMemberInfo } from '../types/org-member-info.js';
import type { User } from '../types/user.js';
import { ConnectionAuthenticator } from './connection-authenticator.js';
import type { Caller } from '../types/caller.js';
import { CallerLookup } from './caller-lookup.js';
import { CallerAuthorizer } from './caller-authorizer.js';
import { RequestCallers } from './request-callers.js';
import type {
  IdentifiableRequest,
  IdentifyOptions,
} from '../options/identifiable-request.interface.js';
import { findMembership, findMembershipById } from '../rules/org/org-membership.js';
import { StepUpVerifier } from '../rules/step-up/step-up-verifier.js';
import {
  assertMeets,
  permissionsRequirement,
  roleRequirement,
  type OrgRequirement,
} from '../rules/org/org-requirement.js';
import type { RejectionReason } from '../rejections/rejection-table.js';
import { Rejection } from '../rejections/rejection.js';
import { exceptionFor, isRejectionException } from '../rejections/exception-for.js';
import type { AuthorizedSubject } from '../options/authorized-subject.interface.js';
import type { AccessDecorator } from '../rules/access.decorator.js';

/**
 * The checks of the guard as functions, for code without a guard: jobs, scripts, WebSocket connections, and handlers that find the
 * organization in their validated input.
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
  /** @internal Nest's injector calls it. */
  constructor(
    private readonly users: UserCallerKind,
    private readonly stepUps: StepUpVerifier,
    private readonly connections: ConnectionAuthenticator,
    private readonly callers: CallerLookup,
    private readonly requests: RequestCallers,
    private readonly authorizer: CallerAuthorizer,
    private readonly options: ResolvedOptions,
  ) {}

  /**
   * Verifies an access token.
   *
   * @param token the token itself, without `Bearer`
   * @returns the user of the token, deeply frozen
   * @throws {UnauthorizedException} if it is not a valid access token of this PropelAuth project
   * @throws {ServiceUnavailableException} while the key of the token has not been fetched yet
   * @example
   * ```ts
   * const user = await propelAuth.validateAccessToken(accessToken);
   * ```
   */
  async validateAccessToken(token: string): Promise<User> {
    try {
      const { user } = await this.users.authenticate(token);
      return asDeclared(user);
    } catch (error) {
      throw exceptionFor(error, this.options, describeBareToken);
    }
  }

  /**
   * Verifies the access token in an Authorization header.
   *
   * @param header the value of the header: exactly `Bearer <token>`, any case of `Bearer` (RFC 6750, section 2.1)
   * @returns the user whom the token was issued for, deeply frozen
   * @throws {UnauthorizedException} without a header, and if it contains no valid access token of this PropelAuth project
   * @throws {ServiceUnavailableException} while the key of the token has not been fetched yet
   * @example
   * ```ts
   * const user = await propelAuth.validateAuthorizationHeader(header);
   * ```
   */
  validateAuthorizationHeader(header: string | undefined): Promise<User> {
    return this.withExceptions(async () => {
      const token = readBearerToken(header);
      if (token === undefined) throw new Rejection('token_missing');
      const { user } = await this.users.authenticate(token);
      return asDeclared(user);
    });
  }

  /**
   * Verifies the user who opens a WebSocket connection, for `handleConnection` of a gateway. A client without a valid access token gets the
   * event `exception` with the reason and is disconnected. Any other connection ends when its token expires (unless {@link
   * PropelAuthModuleOptions.endStreamsAtExpiry} is `false`), and with `liveAccess()` also when the user's access changes, so that the client
   * connects again.
   *
   * Nest does not wait for `handleConnection`. The decorators of the handlers still guard messages that arrive meanwhile. With the `ws`
   * adapter, the guard gets the token from this function: call it before anything that takes time.
   *
   * @param client the client of socket.io or `ws`
   * @param request the request that opened the connection: with the `ws` adapter, the second argument of `handleConnection`. Default: none,
   * because a socket.io client has its own
   * @returns the user of the token, deeply frozen; `null` if the client was disconnected. It does not throw for a rejected token
   * @throws {TypeError} for a client that is neither a socket.io nor a `ws` client
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
   * @param org the id of the organization, or `{ orgId, orgName }` with its id, its URL-safe name, or both
   * @returns the user's membership in it
   * @throws {ForbiddenException} when the user is not a member
   * @example
   * ```ts
   * const org = propelAuth.requireOrgMember(user, orgId);
   * ```
   */
  requireOrgMember(user: UserClass, org: string | OrgReference): OrgMemberInfo {
    return this.requireOrg(user, org, { type: 'member' });
  }

  /**
   * Checks that a user has a role or a higher one in an organization. If users have several roles per organization, there is no hierarchy:
   * the user needs the role itself.
   *
   * @param user a verified user
   * @param org the id of the organization, or `{ orgId, orgName }` with its id, its URL-safe name, or both
   * @param role the lowest role that is enough
   * @returns the user's membership in it
   * @throws {ForbiddenException} if the user is not a member or the role is lower
   * @throws {TypeError} if the role is empty or not a string
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
   * Checks that a user has exactly this role in an organization. A higher role is not enough.
   *
   * @param user a verified user
   * @param org the id of the organization, or `{ orgId, orgName }` with its id, its URL-safe name, or both
   * @param role the role
   * @returns the user's membership in it
   * @throws {ForbiddenException} if the user is not a member or has another role
   * @throws {TypeError} if the role is empty or not a string
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
   * @param org the id of the organization, or `{ orgId, orgName }` with its id, its URL-safe name, or both
   * @param permission the permission
   * @returns the user's membership in it
   * @throws {ForbiddenException} if the user is not a member or lacks the permission
   * @throws {TypeError} if the permission is empty or not a string
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
   * @param org the id of the organization, or `{ orgId, orgName }` with its id, its URL-safe name, or both
   * @param permissions the permissions, at least one
   * @returns the user's membership in it
   * @throws {ForbiddenException} if the user is not a member or lacks one of them
   * @throws {TypeError} if the list is empty, or contains something that is empty or not a string
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
   * Checks with PropelAuth that a user has just passed an MFA challenge for an action, like `@RequireStepUpMfa()`, for handlers that
   * validate their input first. The request uses up a one-time grant.
   *
   * @param user a verified user; `null` has no grant
   * @param actionType the action type, as passed to `verifyStepUpTotpChallenge`
   * @param grant the step-up grant; `undefined` if the request has none
   * @returns a promise that resolves if the grant is valid
   * @throws {ForbiddenException} with the reason `step_up_required`, if the grant is missing or not valid for this user and action
   * @throws {ServiceUnavailableException} if PropelAuth is unavailable
   * @throws {TypeError} if the action type is empty or not a string
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
        "verifyStepUp() needs an action type. Pass a non-empty string, such as 'DELETE_ACCOUNT'.",
      );
    }
    await this.withExceptions(() => this.stepUps.verify(user, actionType, grant));
  }

  /**
   * Identifies the caller in any guard, interceptor or filter with a context, before or after the guard has decided: for example in a
   * global guard of the root module. It checks no permissions and no rules.
   *
   * It looks only at the credentials that the handler accepts, in the place that the handler uses: at access tokens on a handler without a
   * rule or with `@Public()`, where nobody is asked about other credentials. A token is verified once, and PropelAuth is asked about an API
   * key once per call, however often you call this function.
   *
   * @param context the context that Nest passes to the guard, interceptor or filter
   * @returns the caller; `null` without such a credential, with an invalid one, and with more than one
   * @throws {ServiceUnavailableException} while the key of the token has not been fetched yet, or PropelAuth is unavailable for an API key
   * @throws {HttpException} 429, if the API key has exceeded its rate limit
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
  async identify(context: ExecutionContext): Promise<Caller | null>;

  /**
   * Identifies the caller of a request that belongs to no handler: in middleware, in a server beside Nest, or when another library opens a
   * connection.
   *
   * @param request a request of Node.js, Express, Fastify or the Fetch API, or `{ headers, method, address }`. Without a method, it counts as
   * one that changes something
   * @param options {@link IdentifyOptions}: `kinds`, required
   * @returns the caller; `null` without a credential of these kinds, with an invalid one, and with more than one
   * @throws {ServiceUnavailableException} and 429 as above
   * @throws {TypeError} without headers, and for kinds that the application does not have
   * @example
   * ```ts
   * // Hocuspocus, for Tiptap and Yjs
   * const onAuthenticate = async ({ request }: { request: IncomingMessage }) => {
   *   const caller = await propelAuth.identify(request, { kinds: ['user'] });
   *   if (caller === null) throw new Error('Sign in');
   * };
   * ```
   */
  async identify(request: IdentifiableRequest, options: IdentifyOptions): Promise<Caller | null>;

  async identify(
    subject: ExecutionContext | IdentifiableRequest,
    options?: IdentifyOptions,
  ): Promise<Caller | null> {
    return this.withExceptions(() =>
      isContext(subject)
        ? this.callers.identify(subject)
        : this.requests.find(subject, options as IdentifyOptions),
    );
  }

  /**
   * Like {@link identify} of a request, for code that has to have a caller.
   *
   * @param request the request, as for {@link identify}
   * @param options {@link IdentifyOptions}: `kinds`, required
   * @returns the caller
   * @throws {UnauthorizedException} without a valid credential of these kinds, with the challenge of each
   * @throws {ForbiddenException} for a cookie in a request of another origin
   * @throws {ServiceUnavailableException}, 429 and {TypeError} as {@link identify}
   * @example
   * ```ts
   * const request = { headers: { authorization: header } };
   * const caller = await propelAuth.authenticate(request, { kinds: ['user', 'api-key'] });
   * ```
   */
  async authenticate(request: IdentifiableRequest, options: IdentifyOptions): Promise<Caller> {
    return this.requests.require(request, options);
  }

  /**
   * Checks rules for a caller in any code: a job, a service, a message of a library. Expiry and present access of the caller come first, then
   * the rules that are passed, in the order of a handler. Rules of `globalRules` and of classes play no part.
   *
   * @param subject {@link AuthorizedSubject}: `caller`, and for rules that need them `orgId` and `resources`
   * @param rules results of decorators: those for callers, `RequireOrgMember()` and others for organizations, `RequireScope()`,
   * `RequireMetadata()`, `DenyImpersonation()`, {@link accessRule} and `RequireAnyOf()`
   * @returns the caller's membership in the organization that the rules have checked; `null` without an organization rule
   * @throws {UnauthorizedException} if the credential has expired, access has changed since (`liveAccess()`), or the kind is not accepted
   * @throws {ForbiddenException} and what a handler responds with, if a rule fails
   * @throws {TypeError} for a copy of a caller, for decorators that ask nothing or that need a request, and for a missing `orgId` or row
   * @example
   * ```ts
   * const caller = await propelAuth.authenticate({ headers: { authorization: header } }, { kinds: ['user'] });
   * await propelAuth.authorize({ caller, orgId }, RequireOrgRole('Admin'), RequirePlan('pro'));
   * ```
   */
  async authorize(
    subject: AuthorizedSubject,
    ...rules: readonly AccessDecorator[]
  ): Promise<OrgMemberInfo | null> {
    return this.withExceptions(async () =>
      asDeclared(await this.authorizer.authorize(subject, rules)),
    );
  }

  /**
   * Like {@link authorize}, for code that goes on without access, such as a list of what a caller may do.
   *
   * @param subject as for {@link authorize}
   * @param rules as for {@link authorize}
   * @returns whether the caller meets all of the rules
   * @throws {ServiceUnavailableException} if that is not known at the moment, and {TypeError} as {@link authorize}
   * @example
   * ```ts
   * const caller = await propelAuth.authenticate({ headers: { authorization: header } }, { kinds: ['user'] });
   * const mayEdit = await propelAuth.allows({ caller, orgId }, RequireOrgRole('Admin'));
   * ```
   */
  async allows(subject: AuthorizedSubject, ...rules: readonly AccessDecorator[]): Promise<boolean> {
    try {
      await this.authorize(subject, ...rules);
      return true;
    } catch (error) {
      const isDenial =
        isRejectionException(error) &&
        error.getStatus() < (HttpStatus.INTERNAL_SERVER_ERROR as number);
      if (isDenial) return false;
      throw error;
    }
  }

  /**
   * Calls back when the access of a caller ends, for connections that Nest does not handle: when the credential expires (unless {@link
   * PropelAuthModuleOptions.endStreamsAtExpiry} is `false`), and with `liveAccess()` when the access of the caller changes. If it is over
   * already, it calls back at once, in the next turn of the event loop.
   *
   * @param caller a caller as for {@link authorize}
   * @param end what to do, once; `why` says what happened
   * @returns a function after which nothing is called back. Call it when the connection has closed
   * @throws {TypeError} for a copy of a caller, and if nothing ends its access: no expiry, and no `liveAccess()`
   * @example
   * ```ts
   * const caller = await propelAuth.authenticate({ headers: { authorization: header } }, { kinds: ['user'] });
   * const stop = propelAuth.onAccessEnd(caller, (why) => console.log(why));
   * stop();
   * ```
   */
  onAccessEnd(caller: Caller, end: (why: 'token_expired' | 'access_changed') => void): () => void {
    return this.authorizer.onEnd(caller, end);
  }

  /**
   * Returns a key for the rate limit of one caller: `user:<id>`, `org:<id>`, or `api-key:<hash>` if no one owns the API key, for a verified
   * or cached credential, otherwise `ip:<address>` (for an IPv6 address, its first 64 bits). It looks only at the credentials that the
   * handler accepts. It sends no requests to PropelAuth and never rejects: an API key that is not cached (`apiKeys.cacheSeconds`) counts by
   * its address. Do not use it as a cache key: responses may differ by organization.
   *
   * @param context the context that Nest passes to the guard, interceptor or filter
   * @returns the key, with the address as the application sees it: behind a proxy, configure Express or Fastify to trust it
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
      assertMeets(org, requirement);
      return asDeclared(org);
    } catch (error) {
      throw exceptionFor(error, this.options);
    }
  }

  private async withExceptions<Result>(check: () => Promise<Result>): Promise<Result> {
    try {
      return await check();
    } catch (error) {
      throw exceptionFor(error, this.options);
    }
  }
}

function isContext(value: unknown): value is ExecutionContext {
  return typeof (value as Partial<ExecutionContext> | null)?.getArgByIndex === 'function';
}

/** The description for a token that was passed without a header. */
function describeBareToken(reason: RejectionReason): string | undefined {
  return reason === 'token_malformed' ? 'The value is not an access token' : undefined;
}
