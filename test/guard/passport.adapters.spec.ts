import { Controller, Get, Injectable, Req, UseGuards } from '@nestjs/common';
import { AuthGuard, PassportModule, PassportStrategy } from '@nestjs/passport';
import {
  CurrentUser,
  OptionalUser,
  PropelAuthModule,
  Public,
  RequireUser,
  type User,
} from 'nestjs-propelauth';
import { SignJWT } from 'jose';
import { ExtractJwt, Strategy } from 'passport-jwt';
import { startApplication, type RunningApplication } from '../support/application.js';
import { issuer, request } from '../support/guarded-application.js';
import { alice } from '../support/project.js';

const PARTNER_SECRET = 'the secret that partners share with us';
const PARTNER = { sub: 'partner', user_id: 'user-of-partner' };

/** Another issuer's tokens, in a header of their own. */
@Injectable()
class PartnerStrategy extends PassportStrategy(Strategy, 'partner') {
  constructor() {
    super({
      jwtFromRequest: ExtractJwt.fromHeader('x-partner-token'),
      secretOrKey: PARTNER_SECRET,
    });
  }

  validate(payload: Record<string, unknown>) {
    return { userId: payload['user_id'] };
  }
}

interface PassportRequest {
  user?: { userId?: string };
}

@Controller()
class MixedController {
  @Get('user')
  @RequireUser()
  user(@CurrentUser() user: User) {
    return { userId: user.userId };
  }

  @Get('partner')
  @Public()
  @UseGuards(AuthGuard('partner'))
  partner(@Req() { user }: PassportRequest) {
    return { partner: user?.userId };
  }

  @Get('passport-last')
  @UseGuards(AuthGuard('partner'))
  @OptionalUser()
  passportLast(@CurrentUser('userId') userId: string | undefined) {
    return { userId: userId ?? null };
  }

  @Get('passport-first')
  @OptionalUser()
  @UseGuards(AuthGuard('partner'))
  passportFirst(@CurrentUser('userId') userId: string | undefined) {
    return { userId: userId ?? null };
  }
}

describe.each([false, true])(
  '@nestjs/passport with requireUserByDefault %s',
  (requireUserByDefault) => {
    let application: RunningApplication;
    let partnerToken: string;

    beforeAll(async () => {
      application = await startApplication({
        imports: [
          PassportModule,
          PropelAuthModule.forRoot({ ...issuer.moduleOptions, requireUserByDefault }),
        ],
        providers: [PartnerStrategy],
        controllers: [MixedController],
      });
      partnerToken = await new SignJWT(PARTNER)
        .setProtectedHeader({ alg: 'HS256' })
        .setExpirationTime('5m')
        .sign(Buffer.from(PARTNER_SECRET));
    });

    const ALICE = { userId: 'user-alice' };
    const PARTNER_ID = { partner: 'user-of-partner' };

    it.each<[string, string, ('alice' | 'partner')[], object | 401]>([
      ['an access token where a user is required', '/user', ['alice'], ALICE],
      ['the token of a partner there', '/user', ['partner'], 401],
      ['the token of a partner where passport guards', '/partner', ['partner'], PARTNER_ID],
      ['an access token there', '/partner', ['alice'], 401],
      // The user of passport in request.user is not mistaken for a user of PropelAuth.
      ['passport last: a partner', '/passport-last', ['partner'], { userId: null }],
      ['passport first: a partner', '/passport-first', ['partner'], { userId: null }],
      ['passport last: both', '/passport-last', ['partner', 'alice'], ALICE],
      ['passport first: both', '/passport-first', ['partner', 'alice'], ALICE],
    ])('lets in or rejects %s', async (_what, path, senders, body) => {
      const asked = request(application.url, senders.includes('alice') ? alice : null).get(path);
      if (senders.includes('partner')) void asked.set('x-partner-token', partnerToken);
      const { status, body: answer } = await asked;
      expect(status === 200 ? (answer as object) : status).toEqual(body);
    });

    it('takes neither token for the other in the place of the other', async () => {
      const { url } = application;
      await request(url).get('/user').set('Authorization', `Bearer ${partnerToken}`).expect(401);
      const token = await issuer.accessToken(alice);
      await request(url).get('/partner').set('x-partner-token', token).expect(401);
    });
  },
);
