import { Module } from '@nestjs/common';
import { PropelAuthModule } from 'nestjs-propelauth';
import { accessOptions } from './access-options.js';
import { AccountsModule } from './accounts/accounts.module.js';
import { AppModule } from './app.module.js';
import { start } from './start.js';

const { ACCOUNTS_URL } = process.env;

@Module({
  imports: [
    PropelAuthModule.forRoot({
      ...accessOptions,
      authUrl: process.env.PROPELAUTH_AUTH_URL!,
      apiKey: process.env.PROPELAUTH_API_KEY!,
      webhooks: ACCOUNTS_URL
        ? { secret: process.env.PROPELAUTH_WEBHOOK_SECRET!, path: '/webhooks/propelauth' }
        : undefined,
    }),
    AppModule.forRoot({ url: process.env.DATABASE_URL! }),
    ...(ACCOUNTS_URL ? [AccountsModule.forRoot({ url: ACCOUNTS_URL })] : []),
  ],
})
class RootModule {}

await start(RootModule);
