import { createVerifier } from 'fast-jwt';
import { UnauthorizedException, UseGuards } from '../../under-test/nest.mjs';
import { readBearerToken } from '../bearer-token.mjs';

class FastJwtGuard {
  #verify;

  constructor(verify) {
    this.#verify = verify;
  }

  canActivate(context) {
    const request = context.switchToHttp().getRequest();
    const token = readBearerToken(request);
    try {
      request.user = this.#verify(token);
    } catch {
      throw new UnauthorizedException();
    }
    return true;
  }
}

/** A guard written by hand, on the fastest verifier with a cache. */
export function createProtection(verification) {
  return { decorators: [UseGuards(new FastJwtGuard(createFastJwtVerifier(verification)))] };
}

/** fast-jwt with its cache at the default size, checking what this package checks of every JWT. */
export function createFastJwtVerifier({ verifierKey, issuer }) {
  return createVerifier({
    key: verifierKey,
    algorithms: ['RS256'],
    allowedIss: issuer,
    requiredClaims: ['exp', 'iat', 'iss'],
    clockTolerance: 60_000,
    cache: true,
  });
}
