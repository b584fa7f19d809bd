import { parseArgs } from 'node:util';
import { NestFactory } from '@nestjs/core';
import { PropelAuthApi, PropelAuthModule } from 'nestjs-propelauth';
import { Accounts } from './accounts.js';
import { AccountsPool } from './accounts-pool.js';
import { backfill, type BackfillReport } from './backfill.js';

process.exitCode = await main().catch(reportFailure);

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { 'delete-many': { type: 'boolean' } } });
  const [authUrl, apiKey, url] = readEnvironment(
    'PROPELAUTH_AUTH_URL',
    'PROPELAUTH_API_KEY',
    'ACCOUNTS_URL',
  );
  // Nest would log errors with their stacks, and end the process.
  const quiet = { logger: false, abortOnError: false } as const;
  const module = PropelAuthModule.forRoot({ authUrl, apiKey });
  const context = await NestFactory.createApplicationContext(module, quiet);
  const pool = new AccountsPool(url);
  try {
    const api = context.get(PropelAuthApi);
    const accounts = new Accounts(pool, api);
    const report = await backfill({ api, accounts, log, deleteMany: values['delete-many'] });
    process.stdout.write(`${summaryOf(report)}\n`);
    return 0;
  } finally {
    await pool.end();
    await context.close();
  }
}

function log(line: string): void {
  process.stderr.write(`${line}\n`);
}

function readEnvironment(...names: string[]): string[] {
  const missing = names.filter((name) => !process.env[name]);
  if (missing.length > 0) throw new Error(`Set ${missing.join(', ')}.`);
  return names.map((name) => process.env[name]!);
}

function summaryOf({ organizations, users, changes }: BackfillReport): string {
  return `Complete: ${organizations} organizations and ${users} users read, ${changes} rows changed.`;
}

/** Writes why a run failed, without stack and cause, which could quote what was sent. */
function reportFailure(error: Error & { readonly code?: unknown }): number {
  // If no address of a host name can be reached, the error of Node.js has a code and no message.
  log(`The backfill failed: ${error.message || String(error.code)}`);
  return 1;
}
