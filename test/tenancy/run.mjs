/* The tests of the application in this folder, over a PostgreSQL of their own. */
import { resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { Example } from '../examples/example.mjs';
import { startPostgres } from '../examples/postgres.mjs';

const application = new Example('test/tenancy');
const { env, folder } = application;

/** Each file, and the role that runs it. */
const FILES = {
  '1-roles.sql': 'postgres',
  '2-tables.sql': 'tenancy_owner',
  '3-lookup.sql': 'postgres',
  '4-accounts.sql': 'tenancy_owner',
};

let postgres;

before(async () => {
  await application.install();
  postgres = await startPostgres();
  for (const [file, role] of Object.entries(FILES)) {
    postgres.run(role, resolve(folder, 'sql', file));
  }
  env.PATH = `${postgres.programs}:${env.PATH}`;
  env.DATABASE_URL = postgres.url('tenancy_app');
  env.ACCOUNTS_URL = postgres.url('tenancy_accounts');
  env.OWNER_URL = postgres.url('tenancy_owner');
  env.SUPERUSER_URL = postgres.url('postgres');
});

after(() => postgres?.stop());

test('The tests of the application pass', () => application.npm('test'));
