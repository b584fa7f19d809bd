import { CacheInterceptor, CacheModule } from '@nestjs/cache-manager';
import { Controller, Get, UseInterceptors } from '@nestjs/common';
import { CurrentUser, RequireUser, type User } from 'nestjs-propelauth';
import { request, startGuarded } from '../support/guarded-application.js';
import { alice, bob } from '../support/project.js';
import { RecordingLogger } from '../support/recording-logger.js';

@Controller('account')
@UseInterceptors(CacheInterceptor)
class AccountController {
  @Get()
  @RequireUser()
  show(@CurrentUser() user: User) {
    return { userId: user.userId };
  }
}

describe("Nest's CacheInterceptor", () => {
  it('returns alice’s response to bob, and startup warns about it', async () => {
    const logger = new RecordingLogger();
    const { url } = await startGuarded(
      { imports: [CacheModule.register()], controllers: [AccountController] },
      {},
      (app) => app.useLogger(logger),
    );
    for (const user of [alice, bob]) {
      const { body } = await request(url, user).get('/account').expect(200);
      expect(body).toEqual({ userId: alice.userId });
    }
    await request(url).get('/account').expect(401);
    expect(logger.of('warn')).toHaveLength(1);
    expect(logger.of('warn')[0]).toContain('AccountController.show (GET /account)');
    expect(logger.of('warn')[0]).toContain('"Cache responses per caller"');
  });
});
