import { UnauthorizedException, UseGuards } from '@nestjs/common';
import { createFastJwtVerifier } from './fast-jwt-verifier.mjs';

class FastJwtGuard {
  #verify;

  constructor(verify) {
    this.#verify = verify;
  }

  canActivate(context) {
    const request = context.switchToHttp().getRequest();
    const [scheme, token] = request.headers.authorization?.split(' ') ?? [];
    if (scheme !== 'Bearer' || token === undefined) throw new UnauthorizedException();
    try {
      request.user = this.#verify(token);
    } catch {
      throw new UnauthorizedException();
    }
    return true;
  }
}

/** A guard such as one would write by hand, on the fastest verifier that has a cache. */
export function createProtection(verification) {
  return { decorators: [UseGuards(new FastJwtGuard(createFastJwtVerifier(verification)))] };
}
