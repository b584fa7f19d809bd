import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { LocalPropelAuthModule } from 'nestjs-propelauth/local';
import { AppModule } from './app.module.js';

/** Without an account: the application is its own PropelAuth, with alice, bob, carol and dave as users. */
@Module({
  imports: [
    LocalPropelAuthModule.forRoot({
      enabled: true,
      origin: `http://localhost:${process.env.PORT ?? 3000}`,
    }),
    AppModule,
  ],
})
class LocalModule {}

const app = await NestFactory.create(LocalModule);
await app.listen(process.env.PORT ?? 3000);
