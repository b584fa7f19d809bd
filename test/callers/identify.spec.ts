import { Controller, Get, Injectable, UseGuards, type ExecutionContext } from '@nestjs/common';
import { PropelAuthModule, PropelAuthService, Public } from 'nestjs-propelauth';
import { issuer } from '../support/guarded-application.js';
import request from 'supertest';
import { BackendClient } from '../../lib/backend/backend-client.js';
import { VerificationKeys } from '../../lib/callers/token/verification-keys.js';
import { rateLimited, Refusal, unavailable } from '../../lib/refusals/refusal.js';
import { startApplication } from '../support/application.js';
import { alice } from '../support/project.js';

/** Lets in who is nobody we know. */
@Injectable()
class AnonymousGuard {
  constructor(private readonly propelAuth: PropelAuthService) {}

  async canActivate(context: ExecutionContext) {
    return (await this.propelAuth.identify(context)) === null;
  }
}

@Controller()
class AnonymousController {
  @Get()
  @Public()
  @UseGuards(AnonymousGuard)
  show() {
    return { anonymous: true };
  }
}

const metadata = {
  imports: [PropelAuthModule.forRoot(issuer.moduleOptions)],
  controllers: [AnonymousController],
};

describe('PropelAuthService.identify()', () => {
  it.each([
    ['429 for a rate limited API key', rateLimited(7), 429],
    ['503 while PropelAuth is unavailable', unavailable('unreachable', 9), 503],
    ['nobody for an unknown API key', new Refusal('api_key_unknown'), 200],
  ])('returns %s', async (_what, refusal, status) => {
    const validateApiKey = () => Promise.reject(refusal);
    const { url } = await startApplication(metadata, undefined, (builder) =>
      builder.overrideProvider(BackendClient).useValue({ validateApiKey }),
    );
    await request(url).get('/').set('X-API-Key', 'a'.repeat(64)).expect(status);
  });

  it('returns 503 for a token while there is no verification key', async () => {
    const { app, url } = await startApplication(metadata);
    app.get(VerificationKeys, { strict: false }).current = undefined;
    await request(url)
      .get('/')
      .auth(await issuer.accessToken(alice), { type: 'bearer' })
      .expect(503);
  });
});
