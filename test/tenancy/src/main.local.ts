import { Module } from '@nestjs/common';
import { LocalPropelAuthModule } from 'nestjs-propelauth/local';
import { accessOptions } from './access-options.js';
import { AccountsModule } from './accounts/accounts.module.js';
import { AppModule } from './app.module.js';
import { start } from './start.js';

const { ACCOUNTS_URL } = process.env;

/** Without an account: the application is its own PropelAuth. Alice is in Acme Inc, Bob in Globex, and Carol in both. */
@Module({
  imports: [
    LocalPropelAuthModule.forRoot({
      ...accessOptions,
      enabled: true,
      origin: `http://localhost:${process.env.PORT ?? 3000}`,
      seed: 'local-users.json',
      webhooks: ACCOUNTS_URL ? { path: '/webhooks/propelauth' } : undefined,
    }),
    AppModule.forRoot({ url: process.env.DATABASE_URL! }),
    ...(ACCOUNTS_URL ? [AccountsModule.forRoot({ url: ACCOUNTS_URL })] : []),
  ],
})
class LocalModule {}

await start(LocalModule);
