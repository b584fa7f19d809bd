import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { ClientBase } from 'pg';
import { ROLES } from './catalogue.js';

/** Of each the invoice "1", with one line. */
const ACME = 'acme';
const GLOBEX = 'globex';

/** The rest of the transaction is this role's, in this tenant or in none. */
async function become(database: ClientBase, role: string, tenant = ''): Promise<void> {
  await database.query(`set local role ${role}`);
  await database.query(`select set_config('app.org_id', $1, true)`, [tenant]);
}

async function valuesOf(database: ClientBase, query: string, ...parameters: unknown[]) {
  const { rows } = await database.query<[unknown]>({
    text: query,
    values: parameters,
    rowMode: 'array',
  });
  return rows.map(([value]) => value);
}

/** PostgreSQL's code of the error, after which the transaction goes on. */
async function errorOf(database: ClientBase, query: string, ...parameters: unknown[]) {
  await database.query('savepoint before_error');
  try {
    await database.query(query, parameters);
    return 'no error';
  } catch (error) {
    return (error as { code?: string }).code;
  } finally {
    await database.query('rollback to savepoint before_error');
  }
}

async function countOf(database: ClientBase, query: string, ...parameters: unknown[]) {
  return (await database.query(query, parameters)).rowCount;
}

const NOT_PERMITTED = '42501';
const FOREIGN_KEY_VIOLATED = '23503';

/** An invoice of each of two tenants. @returns its id, by tenant */
async function prepare(database: ClientBase): Promise<{ acme: string; globex: string }> {
  const ids = { [ACME]: randomUUID(), [GLOBEX]: randomUUID() };
  for (const [tenant, id] of Object.entries(ids)) {
    await become(database, ROLES.app, tenant);
    await database.query(`insert into invoices (id, number) values ($1, '1')`, [id]);
    await database.query('insert into invoice_lines (invoice_id, cents) values ($1, 100)', [id]);
  }
  return ids;
}

const TABLES = ['invoices', 'invoice_lines'];

/**
 * What the database does, whatever the application asks. Each check runs in a transaction of a superuser in a database without rows, and
 * leaves it to the caller to roll back.
 */
export const BEHAVIOUR: Readonly<Record<string, (database: ClientBase) => Promise<void>>> = {
  async 'outside of a tenant there are no rows, not even for the owner of the tables'(database) {
    await prepare(database);
    for (const role of [ROLES.app, ROLES.owner]) {
      await become(database, role);
      for (const table of [...TABLES, 'invoice_totals']) {
        assert.deepEqual(await valuesOf(database, `select org_id from ${table}`), []);
      }
    }
  },

  async 'outside of a tenant an INSERT fails, and UPDATE and DELETE change nothing'(database) {
    const { acme } = await prepare(database);
    await become(database, ROLES.app);
    assert.equal(
      await errorOf(database, `insert into invoices (number) values ('2')`),
      NOT_PERMITTED,
    );
    // An empty name is no tenant either.
    const insert = `insert into invoices (org_id, number) values ($1, '2')`;
    assert.equal(await errorOf(database, insert, ''), NOT_PERMITTED);
    assert.equal(await errorOf(database, insert, ACME), NOT_PERMITTED);
    const line = 'insert into invoice_lines (org_id, invoice_id, cents) values ($1, $2, 1)';
    assert.equal(await errorOf(database, line, ACME, acme), NOT_PERMITTED);
    assert.equal(await countOf(database, `update invoices set number = '2'`), 0);
    assert.equal(await countOf(database, 'update invoice_lines set cents = 0'), 0);
    assert.equal(await countOf(database, 'delete from invoice_lines'), 0);
    assert.equal(await countOf(database, 'delete from invoices'), 0);
  },

  async 'an empty setting is no tenant, even where rows have an empty one'(database) {
    await database.query('reset role');
    await database.query(`insert into invoices (org_id, number) values ('', '1')`);
    await become(database, ROLES.app);
    assert.deepEqual(await valuesOf(database, 'select number from invoices'), []);
  },

  async 'a tenant sees its own rows, by tables and views'(database) {
    await prepare(database);
    await become(database, ROLES.app, ACME);
    for (const table of [...TABLES, 'invoice_totals']) {
      assert.deepEqual(await valuesOf(database, `select org_id from ${table}`), [ACME]);
    }
    assert.deepEqual(await valuesOf(database, 'select cents from invoice_totals'), [100]);
  },

  async 'a tenant changes no row of another, by id or by all'(database) {
    const { globex } = await prepare(database);
    await become(database, ROLES.app, ACME);
    assert.equal(
      await countOf(database, `update invoices set number = '2' where id = $1`, globex),
      0,
    );
    assert.equal(await countOf(database, 'delete from invoices where id = $1', globex), 0);
    assert.equal(await countOf(database, `update invoices set number = '2'`), 1);
    assert.equal(await countOf(database, 'update invoice_lines set cents = 0'), 1);
    assert.equal(await countOf(database, 'delete from invoices'), 1);
    await become(database, ROLES.app, GLOBEX);
    assert.deepEqual(await valuesOf(database, 'select cents from invoice_totals'), [100]);
  },

  async 'a tenant writes no row for another, and moves none to it'(database) {
    const { globex } = await prepare(database);
    await become(database, ROLES.app, ACME);
    const insert = `insert into invoices (org_id, number) values ($1, '2')`;
    assert.equal(await errorOf(database, insert, GLOBEX), NOT_PERMITTED);
    const line = 'insert into invoice_lines (org_id, invoice_id, cents) values ($1, $2, 1)';
    assert.equal(await errorOf(database, line, GLOBEX, globex), NOT_PERMITTED);
    const upsert = `insert into invoices (id, number) values ($1, '2') on conflict (id) do update set number = '2'`;
    assert.equal(await errorOf(database, upsert, globex), NOT_PERMITTED);
    await database.query('delete from invoice_lines');
    assert.equal(await errorOf(database, 'update invoices set org_id = $1', GLOBEX), NOT_PERMITTED);
  },

  async 'a line cannot be put on the invoice of another tenant'(database) {
    const { globex } = await prepare(database);
    await become(database, ROLES.app, ACME);
    const insert = 'insert into invoice_lines (invoice_id, cents) values ($1, 1)';
    assert.equal(await errorOf(database, insert, globex), FOREIGN_KEY_VIOLATED);
    const update = 'update invoice_lines set invoice_id = $1';
    assert.equal(await errorOf(database, update, globex), FOREIGN_KEY_VIOLATED);
  },

  async 'two tenants have invoices of one number'(database) {
    await prepare(database);
  },

  async 'the one function that looks in all tenants finds an invoice by its id'(database) {
    const { globex } = await prepare(database);
    for (const tenant of ['', ACME]) {
      await become(database, ROLES.app, tenant);
      assert.deepEqual(await valuesOf(database, 'select org_id from find_invoice($1)', globex), [
        GLOBEX,
      ]);
      assert.deepEqual(await valuesOf(database, 'select org_id from find_invoice(null)'), []);
    }
  },

  async 'the application can truncate and create nothing, and become nobody else'(database) {
    await database.query(`set local session authorization ${ROLES.app}`);
    for (const statement of [
      ...TABLES.map((table) => `truncate ${table} cascade`),
      'truncate invoice_lines',
      'create table mine (id integer)',
      'create temporary table mine (id integer)',
      'create schema mine',
      'alter table invoices disable row level security',
      'drop policy tenant on invoices',
      `set local role ${ROLES.owner}`,
      'set local role tenancy_lookup',
      // Else one injected statement would decide about all later connections.
      `alter role current_user set app.org_id = '${ACME}'`,
    ]) {
      assert.equal(await errorOf(database, statement), NOT_PERMITTED, statement);
    }
  },

  async 'the role that keeps the accounts sees no invoices'(database) {
    await become(database, 'tenancy_accounts', ACME);
    for (const table of [...TABLES, 'invoice_totals']) {
      assert.equal(await errorOf(database, `select from ${table}`), NOT_PERMITTED);
    }
  },
};
