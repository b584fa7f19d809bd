import { omitUndefined, type Claims } from '../../issuer/access-token-claims.js';
import { loginOf, type Project } from '../../project/project.js';
import { BoundedMap } from '../store/bounded-map.js';
import { newToken } from '../../texts.js';
import { Grants, type Grant } from '../store/grants.js';
import type { McpAuthorizationRequest } from './authorization-request.js';
import { McpClients } from './mcp-clients.js';

/** As one of PropelAuth's customers sees it. */
export const ACCESS_TOKEN_LIFETIME_SECONDS = 90 * 60;
export const REQUEST_LIFETIME_SECONDS = 10 * 60;
const MAXIMUM_REQUESTS = 100;
const MAXIMUM_ACCESS_TOKENS = 10_000;

interface AccessTokenRecord {
  readonly grantId: string;
  readonly scopes: readonly string[];
  /** In seconds since 1970. */
  readonly issuedAt: number;
}

/** What the authorization server for MCP clients keeps. */
export class McpStore {
  readonly clients = new McpClients();
  readonly grants: Grants;
  /** Requests that wait for a user, by a random id. */
  readonly requests = new BoundedMap<McpAuthorizationRequest>(
    MAXIMUM_REQUESTS,
    REQUEST_LIFETIME_SECONDS,
  );
  readonly #accessTokens = new BoundedMap<AccessTokenRecord>(
    MAXIMUM_ACCESS_TOKENS,
    ACCESS_TOKEN_LIFETIME_SECONDS,
  );

  constructor(private readonly project: Project) {
    this.grants = new Grants(project);
  }

  issueAccessToken({ id: grantId }: Grant, scopes: readonly string[]): string {
    const token = newToken();
    this.#accessTokens.set(token, { grantId, scopes, issuedAt: this.project.now() });
    return token;
  }

  /** What introspection tells about an active token (RFC 7662, section 2.2); `undefined` if the store has no such token. */
  introspect(token: string): Claims | undefined {
    const record = this.#accessTokens.get(token);
    if (record === undefined) return undefined;
    const expiresAt = record.issuedAt + ACCESS_TOKEN_LIFETIME_SECONDS;
    const grant = this.grants.find(record.grantId);
    if (grant === undefined || expiresAt <= this.project.now()) return undefined;
    // A client that was forgotten takes its tokens with it.
    if (this.clients.find(grant.clientId) === undefined) return undefined;
    const { orgId } = grant;
    const user = this.grants.userOf(grant);
    return omitUndefined({
      active: true,
      scope: record.scopes.join(' '),
      client_id: grant.clientId,
      username: loginOf(user),
      sub: user.user_id,
      exp: expiresAt,
      iat: record.issuedAt,
      aud: grant.resource,
      org_id: orgId,
      org_role: orgId && this.project.findMembership(orgId, user.user_id)?.role,
    });
  }

  clear(): void {
    for (const each of [this.clients, this.grants, this.requests, this.#accessTokens]) each.clear();
  }
}
