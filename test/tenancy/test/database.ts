import { Client } from 'pg';

/** A URL of the database, which contains the role. test/tenancy/run.mjs sets them. */
function fromEnvironment(name: string): string {
  const value = process.env[name];
  if (!value) {
    throw new Error(`${name} is missing. Set it to the URL of a PostgreSQL with sql/*.sql.`);
  }
  return value;
}

export const APP_URL = fromEnvironment('DATABASE_URL');
export const ACCOUNTS_URL = fromEnvironment('ACCOUNTS_URL');
export const OWNER_URL = fromEnvironment('OWNER_URL');
export const SUPERUSER_URL = fromEnvironment('SUPERUSER_URL');

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
