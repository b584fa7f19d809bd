import type { OrgMemberInfo } from '@propelauth/node-apis';
import type { IncomingCall } from './incoming-call.interface.js';
import type { OrgRole } from '../types/declared-types.js';

/**
 * A credential after a scheme in the Authorization header.
 *
 * - `{ scheme: 'ApiKey' }`: any text but a JSON Web Token
 * - `{ scheme: 'Bearer', prefix: 'pat.' }`: text that begins with `pat.`, which may contain any number of dots
 * - `{ scheme: 'Bearer', claims: { iss: 'https://old.example.com', type: 'collab' } }`: a JSON Web Token with these claims. After `Bearer`, it is
 *   where your users' access tokens are (`tokenSource`)
 *
 * @publicApi
 */
export interface TokenPlace {
  /** The scheme, such as `'Bearer'`, in any case (RFC 9110, section 11.1). The text follows after one space. */
  readonly scheme: string;

  /** How the text begins. `identify()` gets the whole text. Default: any text, but no JSON Web Token. */
  readonly prefix?: string;

  /**
   * The claims by which a JSON Web Token is found to belong to this kind; `null` for a claim that it does not have. `iss` has to be among them, so
   * that no token of PropelAuth is. The kind has to verify the token, because anyone can write claims: see {@link jwtKind}. Default: the
   * text is no JSON Web Token.
   */
  readonly claims?: TokenClaims;
}

/**
 * Claims that tell tokens apart. `null`: the token does not have the claim.
 *
 * @publicApi
 */
export interface TokenClaims {
  /** The issuer (RFC 7519, section 4.1.1). */
  readonly iss: string | null;
  /** Any other claim, such as `type`. */
  readonly [claim: string]: string | null;
}

/**
 * A place where callers of a kind send their credential:
 *
 * - `{ scheme, prefix, claims }`: after a scheme in the Authorization header: see {@link TokenPlace}
 * - `{ header }`: the whole value of a header of its own, such as `x-service-token`
 * - `{ cookie }`: a cookie. Calls that a web page of another origin may have sent get 403, unless `allowedOrigins` has its origin
 * - `{ query }`, `{ path }`: a parameter of the URL of an HTTP request. URLs are kept in histories, logs and `Referer` headers, so this is for
 *   links that may be passed on
 *
 * @publicApi
 */
export type CredentialPlace =
  | TokenPlace
  | { readonly header: string }
  | { readonly cookie: string; readonly allowedOrigins?: readonly string[] }
  | { readonly query: string }
  | { readonly path: string };

/**
 * A caller's membership in an organization of PropelAuth: an {@link OrgMemberInfo} of PropelAuth, or its parts. `role` is the role in this
 * organization, `inheritedRoles` those below it, for `@RequireOrgRole()`. Default of `orgName` and `urlSafeOrgName`: empty; of the lists: none.
 *
 * @publicApi
 */
export type CallerMembership =
  | OrgMemberInfo
  | {
      readonly orgId: string;
      readonly role: OrgRole;
      readonly inheritedRoles?: readonly OrgRole[];
      readonly permissions?: readonly string[];
      readonly orgName?: string;
      readonly urlSafeOrgName?: string;
    };

/**
 * A kind of callers of your application, beside the users, API keys and MCP clients of PropelAuth: service tokens, personal access tokens,
 * share links, the tokens of an older system. A provider implements it, the option `callerKinds` names the provider, and
 * `@RequireCaller('service')` accepts its callers.
 *
 * The package finds the credential, and calls `identify` once for each request or message. What a kind leaves out, its callers do not have:
 * without `memberships`, every organization rule rejects them.
 *
 * @example
 * ```ts
 * @Injectable()
 * export class ServiceTokens implements CallerKind<Service> {
 *   readonly name = 'service';
 *   readonly credential = [{ header: 'x-service-token' }];
 *
 *   constructor(private readonly services: Services) {}
 *
 *   identify(token: string) {
 *     return this.services.findByTokenHash(hash('sha256', token));
 *   }
 *
 *   key({ id }: Service) {
 *     return id;
 *   }
 * }
 * ```
 *
 * @publicApi
 */
export interface CallerKind<Identity extends object = object> {
  /**
   * The name of the kind in `@RequireCaller()`, tables, OpenAPI documents and logs: lower case, digits and hyphens, such as `'service-token'`.
   * Tables show the hyphens as spaces.
   */
  readonly name: string;

  /**
   * Where the credential is. Two kinds that one handler accepts may not have a place in common. A call with two credentials gets 401.
   */
  readonly credential: readonly CredentialPlace[];

  /** The `WWW-Authenticate` header of a 401 (RFC 9110, section 11.6.1). Default: the schemes of {@link credential}, else `Bearer`. */
  readonly challenge?: string;

  /**
   * Finds the caller of a credential. It has 10 s, after which the call gets 503. Compare secrets by a hash, or with `timingSafeEqual()`.
   *
   * @param text the credential as it was sent: any text of up to 16,384 characters
   * @param call what arrived. The result counts for all handlers of a request, so it should not depend on the handler
   * @returns the caller, or `undefined` for text that is not a valid credential: 401
   * @throws what it likes: an HttpException is the answer, anything else 500, and its stack is logged at most once a minute, without the
   * message, which may quote the credential. Nobody is let in
   */
  identify(text: string, call: IncomingCall): Identity | undefined | Promise<Identity | undefined>;

  /**
   * A stable id of the caller, for rate limits: `callerKey()` puts the name of the kind in front of it.
   *
   * @param caller what `identify` returned
   * @returns `undefined` for a caller without an id, who then counts by address
   */
  key(caller: Identity): string | undefined;

  /** The caller of a credential, if it is known without asking anyone. `callerKey()` uses it before the guard has decided. */
  recall?(text: string): Identity | undefined | Promise<Identity | undefined>;

  /**
   * The id of the PropelAuth user behind the caller. With `liveAccess()`, calls get 401 and open streams end if this user is disabled or
   * deleted, and {@link memberships} lose the organizations that the user has left.
   */
  userId?(caller: Identity): string | undefined;

  /**
   * When the credential was issued, so that `liveAccess()` applies all changes of the user since then, as to an access token of this age.
   * Without it, an organization that the user has left is lost only for about a minute, so {@link memberships} have to be current.
   *
   * @returns a time in the past, or `undefined` if it is not known
   */
  issuedAt?(caller: Identity): Date | undefined;

  /** When the credential expires. From then on calls get 401, and open streams end. */
  expiresAt?(caller: Identity): Date | undefined;

  /**
   * The organizations of the caller, for organization rules. It has 10 s, and counts for all handlers of a request, like `identify`.
   */
  memberships?(
    caller: Identity,
    call: IncomingCall,
  ): readonly CallerMembership[] | Promise<readonly CallerMembership[]>;

  /**
   * The id of the organization that the caller works in, for `activeOrg()`: an organization rule rejects the caller with 403 unless it is among
   * {@link memberships}. `@CurrentCaller('orgId')` has it, unchecked.
   */
  activeOrgId?(caller: Identity): string | undefined;

  /** The scopes of the credential, for `@RequireScope()`. */
  scopes?(caller: Identity): readonly string[];

  /**
   * The scopes that each scope includes: under `{ admin: ['write'], write: ['read'], read: [] }`, a caller with `admin` passes
   * `@RequireScope('read')`. The caller itself stays what `identify` returned. Read once, at startup. Default: none includes another.
   */
  readonly scopeHierarchy?: Readonly<Record<string, readonly string[]>>;

  /** What is stored with the credential, for `@RequireMetadata()`. */
  metadata?(caller: Identity): Readonly<Record<string, unknown>> | undefined;

  /** The id of the employee who acts as the caller, for `@DenyImpersonation()`. */
  impersonator?(caller: Identity): string | undefined;
}
