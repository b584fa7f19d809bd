import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { LocalPropelAuthModule } from 'nestjs-propelauth/local';
import { AppModule } from './app.module.js';

/** Without an account: the application is its own PropelAuth, with the users of local-users.json. */
@Module({
  imports: [
    LocalPropelAuthModule.forRoot({
      enabled: true,
      origin: `http://localhost:${process.env.PORT ?? 3000}`,
      seed: 'local-users.json',
    }),
    AppModule,
  ],
})
class LocalModule {}

const app = await NestFactory.create(LocalModule);
await app.listen(process.env.PORT ?? 3000);
