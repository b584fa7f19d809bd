import { readFile } from 'node:fs/promises';
import { Client, type QueryResultRow } from 'pg';
import { ACCOUNTS_URL, OWNER_URL, SUPERUSER_URL } from './database.js';

/** A database of a test file's own, with the tables of the example: the backfill is about all accounts that it finds. */
export interface AccountsDatabase {
  /** As tenancy_accounts. */
  readonly url: string;
  /** Asks as the superuser, who sees everything. */
  query<Row extends QueryResultRow>(sql: string, values?: unknown[]): Promise<Row[]>;
  /** Asks as a role, in a transaction with a tenant. */
  queryAs<Row extends QueryResultRow>(
    roleUrl: string,
    orgId: string | null,
    sql: string,
  ): Promise<Row[]>;
  drop(): Promise<void>;
}

export async function createAccountsDatabase(name: string): Promise<AccountsDatabase> {
  const database = `accounts_${name}_${process.pid}`;
  const server = await connect(SUPERUSER_URL);
  await server.query(`create database ${database} owner ${new URL(OWNER_URL).username}`);
  const inDatabase = (url: string) => Object.assign(new URL(url), { pathname: database }).href;
  const owner = await connect(inDatabase(OWNER_URL));
  for (const file of ['2-tables', '4-accounts']) {
    await owner.query(await readFile(`sql/${file}.sql`, 'utf8'));
  }
  await owner.end();
  const superuser = await connect(inDatabase(SUPERUSER_URL));
  return {
    url: inDatabase(ACCOUNTS_URL),
    query: async (sql, values) => (await superuser.query(sql, values)).rows,
    async queryAs(roleUrl, orgId, sql) {
      const client = await connect(inDatabase(roleUrl));
      try {
        await client.query('begin');
        await client.query("select set_config('app.org_id', $1, true)", [orgId ?? '']);
        return (await client.query(sql)).rows;
      } finally {
        await client.end();
      }
    },
    async drop() {
      await superuser.end();
      await server.query(`drop database ${database} with (force)`);
      await server.end();
    },
  };
}

async function connect(connectionString: string): Promise<Client> {
  const client = new Client({ connectionString });
  await client.connect();
  return client;
}
