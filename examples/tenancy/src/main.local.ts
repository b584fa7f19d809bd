import { Module } from '@nestjs/common';
import { LocalPropelAuthModule } from 'nestjs-propelauth/local';
import { accessOptions } from './access-options.js';
import { AppModule } from './app.module.js';
import { dataModule } from './data/data-module.js';
import { start } from './start.js';

/** Without an account: the application is its own PropelAuth. Alice is in Acme Inc, Bob in Globex, and Carol in both. */
@Module({
  imports: [
    LocalPropelAuthModule.forRoot({
      ...accessOptions,
      enabled: true,
      origin: `http://localhost:${process.env.PORT ?? 3000}`,
      seed: 'local-users.json',
    }),
    AppModule.with(dataModule(process.env)),
  ],
})
class LocalModule {}

await start(LocalModule);
