import { Module } from '@nestjs/common';
import { LocalPropelAuthModule } from 'nestjs-propelauth/local';
import { AppModule } from './app.module.js';
import { start } from './start.js';

const port = Number(process.env.PORT ?? 3000);
const origin = `http://localhost:${port}`;

/** Without an account: the application is its own PropelAuth, with alice, bob, carol and dave as users. */
@Module({
  imports: [
    LocalPropelAuthModule.forRoot({
      enabled: true,
      origin,
      mcp: { resource: `${origin}/mcp`, scopes: ['read:reports'] },
    }),
    AppModule,
  ],
})
class LocalModule {}

await start(LocalModule, port);
