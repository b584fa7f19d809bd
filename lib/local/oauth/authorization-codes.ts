import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { ProjectUser } from '../local-project.js';
import { TokenError } from './token-error.js';

const LIFETIME_MS = 60_000;
const MAX_CODES = 100;

/** The user who signed in, and what the code is bound to. */
export interface Grant {
  readonly user: ProjectUser;
  /** The organization that the access token is scoped to. */
  readonly orgId?: string;
  readonly clientId: string;
  readonly redirectUri: string;
  /** SHA-256 of the code verifier, in base64url (RFC 7636, section 4.2). */
  readonly codeChallenge: string;
}

/** What a client sends to exchange a code for an access token. */
export interface Redemption {
  readonly code: string;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly codeVerifier: string;
}

/**
 * Authorization codes (RFC 6749, section 4.1.2). A code can be used once, within a minute, and only by the client that
 * requested it. Only the latest codes are kept.
 */
export class AuthorizationCodes {
  private readonly grants: LRUCache<string, Grant>;

  /** @param clock a clock in milliseconds */
  constructor(clock: { now(): number } = performance) {
    this.grants = new LRUCache({
      max: MAX_CODES,
      ttl: LIFETIME_MS,
      ttlResolution: 0,
      perf: clock,
    });
  }

  /** A new code. */
  issue(grant: Grant): string {
    const code = randomBytes(32).toString('base64url');
    this.grants.set(code, grant);
    return code;
  }

  /**
   * Returns the grant of a code. The code is used up even if the request is rejected, so a stolen code can be tried once.
   *
   * @throws {TokenError} `invalid_grant` if the code is not valid for this client
   */
  redeem({ code, clientId, redirectUri, codeVerifier }: Redemption): Grant {
    const grant = this.grants.get(code);
    this.grants.delete(code);
    if (grant === undefined) reject('The code is unknown, expired or already used.');
    if (grant.clientId !== clientId) reject('The code was issued to another client_id.');
    if (grant.redirectUri !== redirectUri) reject('The code was issued for another redirect_uri.');
    if (!isVerifierOf(grant.codeChallenge, codeVerifier)) {
      reject('The code_verifier does not match the code_challenge.');
    }
    return grant;
  }
}

function reject(description: string): never {
  throw new TokenError('invalid_grant', description);
}

function isVerifierOf(challenge: string, verifier: string): boolean {
  const expected = Buffer.from(challenge);
  const actual = Buffer.from(createHash('sha256').update(verifier).digest('base64url'));
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}
