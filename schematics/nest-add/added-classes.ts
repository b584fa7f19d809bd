export const WEBHOOK_PATH = '/webhooks/propelauth';

/** A controller that is added to the sources and the module of the application, and to its tests. */
export const ME_CONTROLLER = {
  name: 'MeController',
  file: 'me/me.controller.ts',
  list: 'controllers',
  text: `import { Controller, Get } from '@nestjs/common';
import { CurrentUser, RequireUser, User } from 'nestjs-propelauth';

@Controller('me')
export class MeController {
  @Get()
  @RequireUser()
  getMe(@CurrentUser() user: User) {
    return { userId: user.userId, email: user.email };
  }
}
`,
  route: 'GET /me',
  testName: 'me',
  testCases: `  it('returns 401 without a token', async () => {
    await request(app.getHttpServer()).get('/me').expect(401);
  });

  it('returns the user of the token', async () => {
    const alice = { email: 'alice@example.com' };
    const userId = emulator.issuer.userId(alice);
    await request(app.getHttpServer())
      .get('/me')
      .auth(await emulator.issuer.accessToken(alice), { type: 'bearer' })
      .expect(200, { userId, email: alice.email });
  });`,
} as const;

export const PROPELAUTH_EVENTS = {
  name: 'PropelAuthEvents',
  file: 'propelauth-events.ts',
  list: 'providers',
  text: `import { Injectable, Logger } from '@nestjs/common';
import { OnPropelAuthEvent, type PropelAuthEvent } from 'nestjs-propelauth';

/** Handles events from PropelAuth. An event can arrive more than once. */
@Injectable()
export class PropelAuthEvents {
  private readonly logger = new Logger(PropelAuthEvents.name);

  @OnPropelAuthEvent('user.created')
  userCreated(event: PropelAuthEvent<'user.created'>) {
    this.logger.log(\`User \${event.user_id} signed up.\`);
  }
}
`,
  route: `POST ${WEBHOOK_PATH}`,
  testName: 'propelauth-events',
  testCases: `  it('accepts an event that PropelAuth has signed', async () => {
    const { headers, body } = emulator.webhook({
      event_type: 'user.created',
      user_id: 'alice',
    });
    await request(app.getHttpServer())
      .post('${WEBHOOK_PATH}')
      .set(headers)
      .send(body)
      .expect(204);
  });`,
} as const;

export type AddedClass = typeof ME_CONTROLLER | typeof PROPELAUTH_EVENTS;
