import { randomUUID } from 'node:crypto';
import type { Project } from '../../project/project.js';
import type { UserRecord } from '../../project/records.js';
import { hashOf, newToken } from '../../texts.js';
import { OAuthError } from '../oauth-error.js';
import { userOf, type Authorization, type DatedAuthorization } from './authorization.js';
import { BoundedMap } from './bounded-map.js';

const CODE_LIFETIME_SECONDS = 60;
const GRANT_LIFETIME_SECONDS = 30 * 24 * 60 * 60;
const MAXIMUM_CODES = 100;
const MAXIMUM_GRANTS = 1_000;
const MAXIMUM_TOKENS = 10_000;

/** What a client got for a code. All of its tokens end with it. */
export interface Grant extends DatedAuthorization {
  readonly id: string;
}

/** What a code is bound to, and what the client has to present to exchange it. */
export interface Binding {
  readonly redirectUri: string;
  /** SHA-256 of the code verifier, in base64url (RFC 7636, section 4.2). */
  readonly codeChallenge?: string;
}

/** A request to exchange a code. */
export interface Redemption {
  readonly code: string;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly codeVerifier?: string;
}

/** A code and, once it was used, the grant that it became. */
interface CodeRecord {
  readonly authorization: DatedAuthorization;
  readonly binding: Binding;
  isUsed: boolean;
  grantId?: string;
}

interface RefreshTokenRecord {
  readonly grantId: string;
  /** When it was replaced, in milliseconds since 1970. */
  readonly replacedAt?: number;
}

/** The codes, grants and refresh tokens of a kind of client, the latter as hashes. Clients of another kind can neither use nor evict them. */
export class Grants {
  readonly #codes = new BoundedMap<CodeRecord>(MAXIMUM_CODES, CODE_LIFETIME_SECONDS);
  readonly #grants = new BoundedMap<Grant>(MAXIMUM_GRANTS, GRANT_LIFETIME_SECONDS);
  readonly #refreshTokens = new BoundedMap<RefreshTokenRecord>(
    MAXIMUM_TOKENS,
    GRANT_LIFETIME_SECONDS,
  );

  /**
   * @param reuseSeconds how long a refresh token that was replaced works: applications that send several requests at once refresh at once
   */
  constructor(
    private readonly project: Project,
    private readonly reuseSeconds = 0,
  ) {}

  /** What outlives the process. Codes are too short-lived. */
  get tables() {
    return { grants: this.#grants.table, refreshTokens: this.#refreshTokens.table };
  }

  /** A code, which works once, within a minute. */
  issueCode(authorization: Authorization, binding: Binding): string {
    const code = newToken();
    const dated = { ...authorization, begunAt: Date.now() };
    this.#codes.set(code, { authorization: dated, binding, isUsed: false });
    return code;
  }

  /**
   * Exchanges a code for a grant. The code is used up even if the request is rejected, so that a stolen code can be tried once. A second use
   * ends the grant, since one of both users has stolen the code (RFC 6749, section 4.1.2).
   *
   * @throws {OAuthError} `invalid_grant` if the code is not valid for this client
   */
  redeemCode(redemption: Redemption): Grant {
    const record = this.#codes.get(redemption.code);
    if (record === undefined) throw invalidGrant('The code is unknown or expired.');
    if (record.isUsed) {
      if (record.grantId !== undefined) this.#grants.delete(record.grantId);
      throw invalidGrant('The code was already used.');
    }
    record.isUsed = true;
    assertBound(record, redemption);
    const grant = { ...record.authorization, id: randomUUID() };
    if (userOf(this.project, grant) === undefined) throw invalidGrant(ENDED);
    record.grantId = grant.id;
    this.#grants.set(grant.id, grant);
    return grant;
  }

  /** A grant that has not ended. */
  find(id: string): Grant | undefined {
    const grant = this.#grants.get(id);
    return grant && userOf(this.project, grant) && grant;
  }

  /** The user of a grant, as they are now. */
  userOf(grant: Grant): UserRecord {
    const user = userOf(this.project, grant);
    if (user === undefined) throw invalidGrant(ENDED);
    return user;
  }

  issueRefreshToken({ id }: Grant): string {
    const token = newToken();
    this.#refreshTokens.set(hashOf(token), { grantId: id });
    return token;
  }

  /**
   * The grant of a refresh token. One that was replaced ends the grant, since one of both users has stolen it (RFC 9700, section 4.14.2).
   *
   * @throws {OAuthError} `invalid_grant` if it is not valid for this client
   */
  findByRefreshToken(token: string, clientId: string): Grant {
    const record = this.#refreshTokens.get(hashOf(token));
    const grant = record && this.#grants.get(record.grantId);
    if (record === undefined || grant === undefined || grant.clientId !== clientId) {
      throw invalidGrant('The refresh token is unknown, expired or of another client.');
    }
    const { replacedAt = Infinity } = record;
    if (replacedAt + this.reuseSeconds * 1000 <= Date.now()) {
      this.#grants.delete(grant.id);
      throw invalidGrant('The refresh token was already used.');
    }
    if (userOf(this.project, grant) === undefined) throw invalidGrant(ENDED);
    return grant;
  }

  /** A refresh token that replaces another one of the grant. */
  rotate(token: string, grant: Grant): string {
    const record = this.#refreshTokens.get(hashOf(token));
    if (record !== undefined) {
      this.#refreshTokens.set(hashOf(token), { replacedAt: Date.now(), ...record });
    }
    return this.issueRefreshToken(grant);
  }

  /** Ends the grant of a refresh token, and returns it. */
  endByRefreshToken(token: string): Grant | undefined {
    const { grantId = '' } = this.#refreshTokens.get(hashOf(token)) ?? {};
    const grant = this.#grants.get(grantId);
    this.#grants.delete(grantId);
    return grant;
  }

  clear(): void {
    for (const each of [this.#codes, this.#grants, this.#refreshTokens]) each.clear();
  }
}

const ENDED = 'The user is disabled, deleted or signed out, or has left the organization.';

function invalidGrant(description: string): OAuthError {
  return new OAuthError('invalid_grant', description);
}

function assertBound({ authorization, binding }: CodeRecord, redemption: Redemption): void {
  if (authorization.clientId !== redemption.clientId) {
    throw invalidGrant('The code was issued to another client_id.');
  }
  if (binding.redirectUri !== redemption.redirectUri) {
    throw invalidGrant('The code was issued for another redirect_uri.');
  }
  const { codeChallenge } = binding;
  const { codeVerifier = '' } = redemption;
  if (codeChallenge !== undefined && codeChallenge !== hashOf(codeVerifier)) {
    throw invalidGrant('The code_verifier does not match the code_challenge.');
  }
}
