import { Module } from '@nestjs/common';
import { PropelAuthModule } from 'nestjs-propelauth';
import { liveAccess } from 'nestjs-propelauth/live-access';
import { OrgController } from './routes/org.controller.js';
import { PropelAuthEvents } from './routes/propel-auth-events.js';
import { ScriptController } from './routes/script.controller.js';
import { SensitiveController } from './routes/sensitive.controller.js';
import { UserController } from './routes/user.controller.js';

@Module({
  imports: [
    PropelAuthModule.forRoot({
      authUrl: process.env.PROPELAUTH_AUTH_URL!,
      apiKey: process.env.PROPELAUTH_API_KEY!,
      webhooks: {
        secret: process.env.PROPELAUTH_WEBHOOK_SECRET!,
        path: '/api/webhooks/propelauth',
      },
      // Changes of users apply to the tokens that they have.
      plugins: [liveAccess()],
    }),
  ],
  controllers: [UserController, OrgController, ScriptController, SensitiveController],
  providers: [PropelAuthEvents],
})
export class AppModule {}
