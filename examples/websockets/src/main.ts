import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { PropelAuthModule } from 'nestjs-propelauth';
import { AppModule } from './app.module.js';

@Module({
  imports: [
    PropelAuthModule.forRoot({
      authUrl: process.env.PROPELAUTH_AUTH_URL!,
      apiKey: process.env.PROPELAUTH_API_KEY!,
    }),
    AppModule,
  ],
})
class RootModule {}

const app = await NestFactory.create(RootModule);
await app.listen(process.env.PORT ?? 3000);
