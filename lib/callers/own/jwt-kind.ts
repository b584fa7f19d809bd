import type { KeyObject } from 'node:crypto';
import { JOSEError } from 'jose/errors';
import { jwtVerify, type JWTVerifyOptions } from 'jose/jwt/verify';
import type { JWTPayload } from 'jose';
import { PropelAuthConfigurationError } from '../../options/configuration.error.js';
import type { CallerKind, TokenClaims } from '../../options/caller-kind.interface.js';
import type { IncomingCall } from '../../options/incoming-call.interface.js';
import { Rejection } from '../../rejections/rejection.js';
import { checkInteger } from '../../options/option-checks.js';
import { haveClaims } from '../credential-places.js';
import { hasTokenShape } from '../user/token-shape.js';
import { checkTimes, type TokenTimes } from '../user/token-times.js';
import { readJwtKey, type JwtAlgorithm } from './jwt-verification-key.js';

/** The verified claims of a token. */
type VerifiedClaims = Readonly<Record<string, unknown>>;

/**
 * The options of {@link jwtKind}. The functions about a caller are those of {@link CallerKind}.
 *
 * @publicApi
 */
export interface JwtKindOptions<Identity extends object = object> extends Pick<
  CallerKind<Identity>,
  | 'challenge'
  | 'userId'
  | 'memberships'
  | 'activeOrgId'
  | 'scopes'
  | 'scopeHierarchy'
  | 'metadata'
  | 'impersonator'
> {
  /** The name of the kind in `@RequireCaller()`, such as `'collab'`. */
  readonly name: string;

  /** The scheme of the Authorization header. Default: `Bearer`, where access tokens of users are. */
  readonly scheme?: string;

  /** The claims that tell these tokens apart, `iss` among them; `null` for a claim that they do not have. */
  readonly claims: TokenClaims;

  /** The public key of the issuer as PEM-encoded SPKI, a secret that it shares with you, or a KeyObject of either. */
  readonly key: string | KeyObject;

  /** The algorithms of the signature. All others are rejected. */
  readonly algorithms: readonly JwtAlgorithm[];

  /** What the claim `aud` has to contain (RFC 7519, section 4.1.3). Default: it is not looked at. */
  readonly audience?: string;

  /** How many seconds the clocks of the issuer and of this machine may differ: an integer from 0 to 300. Default: 60. */
  readonly clockToleranceSeconds?: number;

  /**
   * Makes the caller of a verified token: a new object for each.
   *
   * @param claims the claims of the token, of which `iat` and `exp` are always there
   * @param call what arrived
   * @returns the caller, or `undefined` to reject the token with 401
   */
  readonly identity: (
    claims: Readonly<Record<string, unknown>>,
    call: IncomingCall,
  ) => Identity | undefined | Promise<Identity | undefined>;
}

/**
 * Makes the JSON Web Tokens of another issuer, or your own tokens with one purpose, a kind of callers. It verifies signature, algorithm, issuer,
 * claims, `exp`, `iat` and `nbf`, and a size of 16 KB at most. A caller's key, for rate limits, is the claim `sub`.
 *
 * @param options the name of the kind, the claims of its tokens, and how they are verified
 * @returns a kind of callers for the option `callerKinds`
 * @throws {PropelAuthConfigurationError} for a wrong option
 * @example
 * ```ts
 * PropelAuthModule.forRoot({
 *   authUrl,
 *   apiKey,
 *   callerKinds: [
 *     jwtKind({
 *       name: 'collab',
 *       claims: { iss: null, type: 'collab' },
 *       key: process.env.COLLAB_SECRET!,
 *       algorithms: ['HS256'],
 *       identity: ({ documentId }) => ({ documentId: String(documentId) }),
 *     }),
 *   ],
 * })
 * ```
 *
 * @publicApi
 */
export function jwtKind<Identity extends object>(
  options: JwtKindOptions<Identity>,
): CallerKind<Identity> {
  const { name, scheme = 'Bearer', claims, key, algorithms, audience } = options;
  const { clockToleranceSeconds, identity, ...functions } = options;
  // A missing variable of the environment must not leave out the check.
  if ('audience' in options && (typeof audience !== 'string' || audience === '')) {
    throw new PropelAuthConfigurationError(
      `jwtKind({ name: '${name}' }): audience is not a text. Set it to what the claim aud has to contain, or leave it out.`,
    );
  }
  const tokens = new JwtVerifier(
    readKey(name, key, algorithms),
    {
      algorithms: [...algorithms],
      clockTolerance: checkInteger(
        `jwtKind({ name: '${name}' }): clockToleranceSeconds`,
        clockToleranceSeconds,
        { minimum: 0, maximum: 300, fallback: 60 },
      ),
      requiredClaims: ['exp', 'iat'],
      ...(audience !== undefined && { audience }),
    },
    claims,
  );
  const verified = new WeakMap<Identity, VerifiedJwt>();
  return {
    ...functions,
    name,
    credential: [{ scheme, claims }],
    async identify(token, call) {
      const jwt = await tokens.verify(token);
      const caller = await identity(jwt.claims, call);
      if (typeof caller !== 'object' || caller === null) return caller;
      if (verified.has(caller)) {
        throw new Error(
          'identity() returned the object of an earlier token. Return a new one for each.',
        );
      }
      verified.set(caller, jwt);
      return caller;
    },
    key(caller) {
      const subject = verified.get(caller)?.claims['sub'];
      return typeof subject === 'string' ? subject : undefined;
    },
    expiresAt(caller) {
      const validUntil = verified.get(caller)?.validUntil;
      return validUntil === undefined ? undefined : new Date(validUntil);
    },
    ...(functions.userId && {
      issuedAt(caller: Identity) {
        const issuedAt = verified.get(caller)?.issuedAt;
        return issuedAt === undefined ? undefined : new Date(issuedAt * 1000);
      },
    }),
  };
}

interface VerifiedJwt extends TokenTimes {
  readonly claims: VerifiedClaims;
}

/** Verifies the tokens of one issuer with every check that access tokens of users get. */
class JwtVerifier {
  // A private field: logging the kind must not print a key.
  readonly #key: KeyObject;

  constructor(
    key: KeyObject,
    private readonly options: JWTVerifyOptions & { readonly clockTolerance: number },
    private readonly expected: TokenClaims,
  ) {
    this.#key = key;
  }

  /** @throws {Rejection} `credential_invalid` */
  async verify(token: string): Promise<VerifiedJwt> {
    if (!hasTokenShape(token)) throw invalid('it is no JSON Web Token of at most 16 KB');
    const claims = await this.verifiedClaims(token);
    if (!haveClaims(claims, this.expected)) throw invalid('its claims are of another kind');
    return { claims, ...this.timesOf(claims) };
  }

  private async verifiedClaims(token: string): Promise<JWTPayload> {
    try {
      return (await jwtVerify(token, this.#key, this.options)).payload;
    } catch (error) {
      throw error instanceof JOSEError ? invalid(error.code) : error;
    }
  }

  private timesOf(claims: JWTPayload): TokenTimes {
    try {
      return checkTimes(claims, this.options.clockTolerance);
    } catch (error) {
      throw error instanceof Rejection ? invalid(error.reason) : error;
    }
  }
}

/** @param why from a fixed set, never text of the token */
function invalid(why: string): Rejection {
  return new Rejection('credential_invalid', { detail: `The token was rejected: ${why}` });
}

function readKey(
  name: string,
  key: string | KeyObject,
  algorithms: readonly JwtAlgorithm[],
): KeyObject {
  try {
    return readJwtKey(key, algorithms);
  } catch (error) {
    throw new PropelAuthConfigurationError(
      `jwtKind({ name: '${name}' }): ${(error as Error).message}`,
    );
  }
}
