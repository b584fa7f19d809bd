import { Module } from '@nestjs/common';
import { PropelAuthModule } from 'nestjs-propelauth';
import { accessOptions } from './access-options.js';
import { AppModule } from './app.module.js';
import { start } from './start.js';

@Module({
  imports: [
    PropelAuthModule.forRoot({
      ...accessOptions,
      authUrl: process.env.PROPELAUTH_AUTH_URL!,
      apiKey: process.env.PROPELAUTH_API_KEY!,
    }),
    AppModule,
  ],
})
class RootModule {}

await start(RootModule);
