import { NestFactory } from '@nestjs/core';
import { PropelAuthApi, PropelAuthModule } from 'nestjs-propelauth';
import { readDeleteMany, reportFailure, runBackfill } from './run-backfill.js';

process.exitCode = await main().catch(reportFailure);

async function main(): Promise<number> {
  const deleteMany = readDeleteMany(process.argv.slice(2));
  const [authUrl, apiKey, url] = readEnvironment(
    'PROPELAUTH_AUTH_URL',
    'PROPELAUTH_API_KEY',
    'ACCOUNTS_URL',
  );
  // Nest would log errors with their stacks, and end the process.
  const quiet = { logger: false, abortOnError: false } as const;
  const module = PropelAuthModule.forRoot({ authUrl, apiKey });
  const context = await NestFactory.createApplicationContext(module, quiet);
  try {
    return await runBackfill(context.get(PropelAuthApi), url, deleteMany);
  } finally {
    await context.close();
  }
}

function readEnvironment(...names: string[]): string[] {
  const missing = names.filter((name) => !process.env[name]);
  if (missing.length > 0) throw new Error(`Set ${missing.join(', ')}.`);
  return names.map((name) => process.env[name]!);
}
