import { EmulatorError } from '../emulator.error.js';
import { newToken } from '../texts.js';
import {
  emailOf,
  omitUndefined,
  type AccessTokenClaims,
  type Claims,
} from './access-token-claims.js';
import type { MembershipDescription, UserDescription } from '../project/user-description.js';

/** As long as PropelAuth's were when this was written. */
const LIFETIME_SECONDS = 90 * 60;

const CLIENT_ID = 'an-mcp-client-for-tests';

/**
 * Options of {@link TokenIssuer.mcpToken}.
 *
 * @publicApi
 */
export interface McpTokenOptions {
  /** The scopes that the user granted. Default: none. */
  readonly scopes?: readonly string[];
  /** The organization that the user chose for the client: the name or id of one of `orgs`. Default: `activeOrgId` of the user, if any. */
  readonly org?: string;
  /** The id of the MCP client. Default: `an-mcp-client-for-tests`. */
  readonly clientId?: string;
  /**
   * The resource that the token is for: its audience. Default: the resource of the application that asks, which only an emulator within its
   * process knows. Set it for applications in other processes.
   */
  readonly resource?: string;
  /** The lifetime from `issuedAt`, in seconds. Negative for an expired token. Default: 5400. */
  readonly expiresInSeconds?: number;
  /** When the token was issued. Default: now. */
  readonly issuedAt?: Date;
  /** `false` for a token that was revoked. Default: `true`. */
  readonly active?: boolean;
  /**
   * Properties that replace those of the introspection response, for responses that the application has to reject, such as
   * `{ token_type: 'refresh_token' }`. `undefined` removes a property.
   */
  readonly claims?: Readonly<Record<string, unknown>>;
}

/** What introspection tells about a token. */
interface McpTokenRecord {
  /** When it expires by itself, in seconds since 1970. */
  readonly expiresAt: number;
  readonly isActive: boolean;
  /** The response while it is active; without `aud` for a token of the resource that asks. */
  readonly response: Claims;
  readonly isForAnyResource: boolean;
}

/** Tokens of MCP clients: opaque, so only introspection tells whose they are. */
export class McpTokens {
  /** The users of the tokens, by id, as they were described last. */
  readonly users = new Map<string, UserDescription>();
  private readonly records = new Map<string, McpTokenRecord>();

  constructor(private readonly claims: AccessTokenClaims) {}

  /** @throws {EmulatorError} for a user that the issuer rejects, and an organization that the user is not in */
  issue(user: UserDescription, options: McpTokenOptions): string {
    const record = this.recordOf(user, options);
    // As opaque as PropelAuth's: not the three parts of a JWT.
    const token = newToken();
    this.records.set(token, record);
    this.users.set(this.claims.userIdOf(user), user);
    return token;
  }

  /** Whether only the application that asks can say which resource a token is for. */
  isForAnyResource(token: string): boolean {
    return this.records.get(token)?.isForAnyResource ?? false;
  }

  /**
   * The response of introspection (RFC 7662, section 2.2).
   *
   * @param resource what tokens are for that are for no other resource
   */
  introspect(token: string, resource: string | undefined): Claims {
    const record = this.records.get(token);
    const isActive = record?.isActive === true && record.expiresAt > Date.now() / 1000;
    if (!isActive) return { active: false };
    const { isForAnyResource, response } = record;
    return omitUndefined({ ...response, ...(isForAnyResource && { aud: resource }) });
  }

  private recordOf(user: UserDescription, options: McpTokenOptions): McpTokenRecord {
    // Checks the user, as for an access token.
    this.claims.of(user);
    const { expiresInSeconds = LIFETIME_SECONDS, issuedAt, active = true, claims = {} } = options;
    const { clientId = CLIENT_ID, scopes = [], resource } = options;
    const membership = this.chosenOrg(user, options.org ?? user.activeOrgId);
    const iat = Math.floor((issuedAt?.getTime() ?? Date.now()) / 1000);
    const expiresAt = iat + expiresInSeconds;
    return {
      expiresAt,
      isActive: active,
      isForAnyResource: resource === undefined && !Object.hasOwn(claims, 'aud'),
      response: omitUndefined({
        active: true,
        scope: scopes.join(' '),
        client_id: clientId,
        username: user.username ?? emailOf(user),
        sub: this.claims.userIdOf(user),
        exp: expiresAt,
        iat,
        aud: resource,
        org_id: membership && this.claims.orgIdOf(membership),
        org_role: membership?.role,
        ...claims,
      }),
    };
  }

  private chosenOrg(
    { orgs = [] }: UserDescription,
    org: string | undefined,
  ): MembershipDescription | undefined {
    if (org === undefined) return undefined;
    const chosen = orgs.find(
      (membership) =>
        this.claims.orgIdOf(membership) === org || this.claims.orgNameOf(membership) === org,
    );
    if (chosen !== undefined) return chosen;
    throw new EmulatorError(
      `org of mcpToken() is ${JSON.stringify(org)}, an organization that the user is not in. Use the orgName or the orgId of one of the ` +
        "user's orgs.",
    );
  }
}
