import { Module } from '@nestjs/common';
import { LocalPropelAuthModule } from 'nestjs-propelauth/local';
import { accessOptions } from './access-options.js';
import { AppModule } from './app.module.js';
import { start } from './start.js';

/** Without an account: the application is its own PropelAuth, with the users of local-users.json. */
@Module({
  imports: [
    LocalPropelAuthModule.forRoot({
      ...accessOptions,
      enabled: true,
      origin: `http://localhost:${process.env.PORT ?? 3000}`,
      seed: 'local-users.json',
    }),
    AppModule,
  ],
})
class LocalModule {}

await start(LocalModule);
