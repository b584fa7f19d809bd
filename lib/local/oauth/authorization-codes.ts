import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Person } from '../local-project.js';
import { TokenError } from './token-error.js';

const LIFETIME_MS = 60_000;
const MAX_CODES = 100;

/** Who signed in, and what the code for it is bound to. */
export interface Grant {
  readonly person: Person;
  /** The organization that the access token is scoped to. */
  readonly orgId?: string;
  readonly clientId: string;
  readonly redirectUri: string;
  /** SHA-256 of the code verifier, in base64url (RFC 7636, section 4.2). */
  readonly codeChallenge: string;
}

/** What a client shows to get the access token for a code. */
export interface Redemption {
  readonly code: string;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly codeVerifier: string;
}

/**
 * Authorization codes (RFC 6749, section 4.1.2): good once, for a minute, and only for the client
 * that asked. Of too many the oldest are forgotten.
 */
export class AuthorizationCodes {
  private readonly grants: LRUCache<string, Grant>;

  /** @param clock tells the milliseconds; it need not be the time of day */
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
   * What a code stands for. It is used up by asking, even if the answer is no: whoever has a code
   * that is not theirs gets one try.
   *
   * @throws {TokenError} `invalid_grant` when the code is not good for this client
   */
  redeem({ code, clientId, redirectUri, codeVerifier }: Redemption): Grant {
    const grant = this.grants.get(code);
    this.grants.delete(code);
    if (grant === undefined) refuse('The code is unknown, expired or used.');
    if (grant.clientId !== clientId) refuse('The code was made for another client_id.');
    if (grant.redirectUri !== redirectUri) refuse('The code was sent to another redirect_uri.');
    if (!isVerifierOf(grant.codeChallenge, codeVerifier)) {
      refuse('The code_verifier is not that of the code_challenge.');
    }
    return grant;
  }
}

function refuse(description: string): never {
  throw new TokenError('invalid_grant', description);
}

function isVerifierOf(challenge: string, verifier: string): boolean {
  const expected = Buffer.from(challenge);
  const actual = Buffer.from(createHash('sha256').update(verifier).digest('base64url'));
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}
