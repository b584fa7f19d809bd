import { NestFactory } from '@nestjs/core';
import { PropelAuthApi, PropelAuthModule } from 'nestjs-propelauth';
import { runBackfill } from './run-backfill.js';

const { PROPELAUTH_AUTH_URL: authUrl, PROPELAUTH_API_KEY: apiKey, ACCOUNTS_URL: url } = process.env;
if (!authUrl || !apiKey || !url) {
  process.stderr.write('Set PROPELAUTH_AUTH_URL, PROPELAUTH_API_KEY and ACCOUNTS_URL.\n');
  process.exit(1);
}
const module = PropelAuthModule.forRoot({ authUrl, apiKey });
const context = await NestFactory.createApplicationContext(module, { logger: ['error'] });
process.exitCode = await runBackfill(context.get(PropelAuthApi), url, process.argv.slice(2));
await context.close();
