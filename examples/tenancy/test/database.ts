import { Client } from 'pg';
import type { Roles } from './catalogue.js';

function urlOf(variable: string): string {
  const url = process.env[variable];
  if (url === undefined) throw new Error(`${variable} is not set.`);
  return url;
}

/** Of each the address that the tests' environment names, with its role. */
export const APP_URL = urlOf('DATABASE_URL');
export const OWNER_URL = urlOf('OWNER_URL');
export const SUPERUSER_URL = urlOf('SUPERUSER_URL');
/** Of the application's role, by PgBouncer. */
export const PGBOUNCER_URL = urlOf('PGBOUNCER_URL');

export const ROLES: Roles = {
  app: new URL(APP_URL).username,
  owner: new URL(OWNER_URL).username,
  definerFunctions: ['find_invoice'],
};

/** Connects for as long as a function runs. */
export async function connected<Result>(
  url: string,
  use: (database: Client) => Promise<Result>,
): Promise<Result> {
  const database = new Client({ connectionString: url });
  await database.connect();
  try {
    return await use(database);
  } finally {
    await database.end();
  }
}
