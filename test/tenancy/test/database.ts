import { Client } from 'pg';
import { fromEnvironment } from './environment.js';

/** The URLs contain the roles. */
export const APP_URL = fromEnvironment('DATABASE_URL');
export const SUPERUSER_URL = fromEnvironment('SUPERUSER_URL');
/** The application's role, through PgBouncer. */
export const PGBOUNCER_URL = fromEnvironment('PGBOUNCER_URL');

/** Runs a function with a connection, and closes it. */
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
