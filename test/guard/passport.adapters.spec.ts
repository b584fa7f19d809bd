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
import { alice, headersOf } from '../support/project.js';

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

    it('has routes for PropelAuth users, where a token of passport is rejected', async () => {
      const { url } = application;
      await request(url, alice).get('/user').expect(200, { userId: 'user-alice' });
      await request(url).get('/user').set('x-partner-token', partnerToken).expect(401);
      await request(url).get('/user').set('Authorization', `Bearer ${partnerToken}`).expect(401);
    });

    it('has @Public() routes for passport users, where an access token is rejected', async () => {
      const { url } = application;
      await request(url)
        .get('/partner')
        .set('x-partner-token', partnerToken)
        .expect(200, { partner: 'user-of-partner' });
      const headers = await headersOf(issuer, alice);
      await request(url).get('/partner').set(headers).expect(401);
      await request(url)
        .get('/partner')
        .set('x-partner-token', headers['Authorization']!.slice('Bearer '.length))
        .expect(401);
    });

    it.each(['passport-first', 'passport-last'])(
      'does not mistake the user of passport in request.user for a PropelAuth user: %s',
      async (path) => {
        await request(application.url)
          .get(`/${path}`)
          .set('x-partner-token', partnerToken)
          .expect(200, { userId: null });
      },
    );

    it.each(['passport-first', 'passport-last'])(
      'injects the PropelAuth user if both guards run: %s',
      async (path) => {
        await request(application.url, alice)
          .get(`/${path}`)
          .set({ 'x-partner-token': partnerToken })
          .expect(200, { userId: 'user-alice' });
      },
    );
  },
);
