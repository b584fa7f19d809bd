import { UseGuards } from '@nestjs/common';
import { AuthGuard, PassportModule, PassportStrategy } from '@nestjs/passport';
import { ExtractJwt, Strategy } from 'passport-jwt';

/** Passport as Nest's documentation sets it up ("Implementing Passport JWT"), with a public key for a secret. */
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
