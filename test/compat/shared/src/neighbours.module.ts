import { Controller, Get, Module, UseGuards } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ThrottlerGuard, ThrottlerModule } from '@nestjs/throttler';
import { ClsModule, ClsService } from 'nestjs-cls';
import { CurrentUser, PropelAuthService, RequireUser, User } from 'nestjs-propelauth';
import { CallerContext, PropelAuthClsPlugin } from 'nestjs-propelauth/cls';
import { AppModule } from './app.module.js';

/** The requests that a caller has in a minute. */
export const LIMIT = 2;

/** Counts the requests of each user and API key apart, and all others by their address. */
const perCaller = ThrottlerModule.forRootAsync({
  inject: [PropelAuthService],
  useFactory: (propelAuth: PropelAuthService) => ({
    throttlers: [{ ttl: 60_000, limit: LIMIT }],
    getTracker: (_request, context) => propelAuth.callerKey(context),
  }),
});

@Controller('throttled')
class ThrottledController {
  @Get()
  @UseGuards(ThrottlerGuard)
  show() {
    return {};
  }
}

@Controller('context')
class ContextController {
  constructor(
    private readonly cls: ClsService,
    private readonly caller: CallerContext,
  ) {}

  @Get()
  @RequireUser()
  async show(@CurrentUser() user: User) {
    await Promise.resolve();
    const caller = this.caller.requireUser().userId;
    return { userId: user.userId, caller, name: this.cls.get<string>('name') };
  }
}

@Module({
  imports: [
    perCaller,
    ClsModule.forRoot({
      plugins: [new PropelAuthClsPlugin()],
      middleware: {
        mount: true,
        setup: (cls, request: { headers: Record<string, string> }) => {
          cls.set('name', request.headers['x-name']);
        },
      },
    }),
    AppModule,
  ],
  controllers: [ThrottledController, ContextController],
})
export class NeighboursModule {}

@Module({
  imports: [perCaller],
  providers: [{ provide: APP_GUARD, useClass: ThrottlerGuard }],
})
class GlobalThrottlerModule {}

// Global guards come in the order in which the modules that have them are imported.

@Module({ imports: [AppModule, GlobalThrottlerModule] })
export class ThrottledBehindModule {}

@Module({ imports: [GlobalThrottlerModule, AppModule] })
export class ThrottledBeforeModule {}
