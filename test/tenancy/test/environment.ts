type Name = 'ACCOUNTS_URL' | 'DATABASE_URL' | 'OWNER_URL' | 'PGBOUNCER_URL' | 'SUPERUSER_URL';

/** An environment variable that test/tenancy/run.mjs sets. */
export function fromEnvironment(name: Name): string {
  const value = process.env[name];
  if (!value) {
    throw new Error(`${name} is missing. Set it to the URL of a PostgreSQL with sql/*.sql.`);
  }
  return value;
}
