import { Controller, Get } from '@nestjs/common';
import { CurrentUser, PropelAuthModule, RequireUser, type User } from 'nestjs-propelauth';
import request from 'supertest';
import { startApplication, type RunningApplication } from '../support/application.js';
import { Issuer } from '../support/issuer.js';
import { alice } from '../support/people.js';

const issuer = new Issuer();

@Controller()
class WhoAmIController {
  @Get('whoami')
  @RequireUser()
  whoAmI(@CurrentUser() user: User) {
    return { userId: user.userId };
  }
}

describe('@RequireUser()', () => {
  let application: RunningApplication;

  beforeAll(async () => {
    application = await startApplication({
      imports: [PropelAuthModule.forRoot(issuer.moduleOptions)],
      controllers: [WhoAmIController],
    });
  });

  afterAll(() => application.close());

  it('hands a valid access token’s user to the handler', async () => {
    await request(application.url)
      .get('/whoami')
      .set('Authorization', await issuer.authorization(alice))
      .expect(200, { userId: alice.user_id });
  });

  it('answers 401 and a bare challenge without a token', async () => {
    await request(application.url)
      .get('/whoami')
      .expect(401, { statusCode: 401, message: 'Unauthorized' })
      .expect('WWW-Authenticate', 'Bearer');
  });
});
