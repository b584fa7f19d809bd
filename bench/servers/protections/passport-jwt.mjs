import { AuthGuard, PassportModule, PassportStrategy } from '@nestjs/passport';
import { ExtractJwt, Strategy } from 'passport-jwt';
import { UseGuards } from '../../under-test/nest.mjs';

/** Passport, set up as in Nest's recipe, with a public key instead of a secret. */
export function createProtection({ verifierKey, issuer }) {
  class JwtStrategy extends PassportStrategy(Strategy) {
    constructor() {
      super({
        jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
        secretOrKey: verifierKey,
        algorithms: ['RS256'],
        issuer,
      });
    }

    validate(payload) {
      return payload;
    }
  }
  return {
    decorators: [UseGuards(AuthGuard('jwt'))],
    module: { imports: [PassportModule], providers: [JwtStrategy] },
  };
}
