import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { PropelAuthModule } from 'nestjs-propelauth';
import { AccountsModule } from './accounts/accounts.module.js';
import { InvoicesModule } from './invoices/invoices.module.js';

@Module({
  imports: [
    PropelAuthModule.forRoot({
      authUrl: process.env.PROPELAUTH_AUTH_URL!,
      apiKey: process.env.PROPELAUTH_API_KEY!,
      requireUserByDefault: true,
      webhooks: {
        secret: process.env.PROPELAUTH_WEBHOOK_SECRET!,
        path: '/webhooks/propelauth',
      },
    }),
    InvoicesModule.forRoot({ url: process.env.DATABASE_URL! }),
    AccountsModule.forRoot({ url: process.env.ACCOUNTS_URL! }),
  ],
})
class AppModule {}

const app = await NestFactory.create(AppModule);
app.enableShutdownHooks();
await app.listen(process.env.PORT ?? 3000);
