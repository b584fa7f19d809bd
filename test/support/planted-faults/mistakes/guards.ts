import { Injectable, UseGuards, type CanActivate } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AuthGuard, PassportModule, PassportStrategy } from '@nestjs/passport';
import { PropelAuthGuard } from 'nestjs-propelauth';
import { ExtractJwt, Strategy } from 'passport-jwt';
import { issuer } from '../../guarded-application.js';
import { dave } from '../../project.js';
import { ForAdmins, reportsUnder, type Mistake } from './mistake.js';

const { verifierKey } = issuer.moduleOptions.manualTokenVerificationMetadata;

/** Takes the same tokens, and makes a user of its own of them. */
@Injectable()
class SameTokensStrategy extends PassportStrategy(Strategy, 'jwt') {
  constructor() {
    super({
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      secretOrKey: verifierKey,
      algorithms: ['RS256'],
    });
  }

  validate() {
    return { userId: 'somebody else', role: 'Owner' };
  }
}

/** Takes the tokens of another issuer. */
@Injectable()
class OtherTokensStrategy extends PassportStrategy(Strategy, 'others') {
  constructor() {
    super({
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      secretOrKey: 'the secret of others',
    });
  }

  validate(payload: object) {
    return payload;
  }
}

@Injectable()
class LetsInAll implements CanActivate {
  canActivate() {
    return true;
  }
}

const guarded = () => reportsUnder([ForAdmins()]);

/** Mistakes with guards that are not of this package. */
export const GUARD_MISTAKES: readonly Mistake[] = [
  {
    what: "only Passport's `@UseGuards(AuthGuard('jwt'))`",
    plant: () => ({
      imports: [PassportModule],
      controllers: [reportsUnder([UseGuards(AuthGuard('jwt'))])],
      providers: [SameTokensStrategy],
    }),
    intruder: dave,
    result: 'unauthorized access',
    notices: ['–', 'finds', 'shows'],
  },
  {
    what: "a global Passport guard for another issuer's tokens, which runs first",
    plant: () => ({
      imports: [PassportModule],
      controllers: [guarded()],
      providers: [OtherTokensStrategy, { provide: APP_GUARD, useClass: AuthGuard('others') }],
    }),
    intruder: dave,
    result: 'all rejected',
    notices: ['–', 'finds', '–'],
  },
  {
    what: 'a global Passport guard that runs first and sets its own `request.user`',
    plant: () => ({
      imports: [PassportModule],
      controllers: [guarded()],
      providers: [SameTokensStrategy, { provide: APP_GUARD, useClass: AuthGuard('jwt') }],
    }),
    intruder: dave,
    result: 'guarded',
    notices: ['guarded', 'guarded', 'guarded'],
  },
  {
    what: 'a global guard that accepts every call',
    plant: () => ({
      controllers: [guarded()],
      providers: [{ provide: APP_GUARD, useClass: LetsInAll }],
    }),
    intruder: dave,
    result: 'guarded',
    notices: ['guarded', 'guarded', 'guarded'],
  },
  {
    what: '`overrideProvider(PropelAuthGuard)` with a guard that accepts every call',
    plant: () => ({ controllers: [guarded()] }),
    override: (builder) => builder.overrideProvider(PropelAuthGuard).useClass(LetsInAll),
    intruder: dave,
    result: 'unauthorized access',
    notices: ['–', 'finds', '–'],
  },
];
