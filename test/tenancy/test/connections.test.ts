/*
 * Whatever happens to a transaction of one tenant, the next one on its connection is not affected. Each test runs with a pool of one
 * connection to PostgreSQL, and with clients of PgBouncer, which has one connection for all of them.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, before, describe, test } from 'node:test';
import { Pool, type PoolClient } from 'pg';
import { APP_URL, connected, PGBOUNCER_URL, SUPERUSER_URL } from './database.js';
import { inTenant, setTenant } from './in-tenant.js';

const ACME = `acme-${randomUUID()}`;
const GLOBEX = `globex-${randomUUID()}`;
const BOTH = [ACME, GLOBEX];

const WAYS = [
  { way: 'over one connection', url: APP_URL, clients: 1 },
  { way: 'over PgBouncer in transaction mode', url: PGBOUNCER_URL, clients: 4 },
];

before(async () => {
  const pool = new Pool({ connectionString: APP_URL, max: 1 });
  for (const tenant of BOTH) {
    await inTenant(pool, tenant, (client) =>
      client.query(`insert into invoices (number) values ('1'), ('2')`),
    );
  }
  await pool.end();
});

type Client = Pick<PoolClient, 'query'>;

/** The tenants whose invoices a query without a condition returns. */
async function tenantsSeen(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ org_id: string }>(
    'select distinct org_id from invoices order by org_id',
  );
  return rows.map(({ org_id }) => org_id);
}

async function tenantOf(client: Client): Promise<string | null | undefined> {
  const { rows } = await client.query<{ tenant: string | null }>(
    `select current_setting('app.org_id', true) as tenant`,
  );
  return rows[0]?.tenant;
}

async function backendOf(client: Client): Promise<number | undefined> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  return rows[0]?.pid;
}

/** Ends the process of PostgreSQL that serves a client, and waits for its end. */
async function endBackendOf(client: Client): Promise<void> {
  const pid = await backendOf(client);
  const { rows } = await connected(SUPERUSER_URL, (database) =>
    database.query('select pg_terminate_backend($1, 20000) as ended', [pid]),
  );
  assert.deepEqual(rows, [{ ended: true }]);
}

for (const { way, url, clients } of WAYS) {
  describe(`A transaction of a tenant, ${way},`, () => {
    const pool = new Pool({ connectionString: url, max: clients });
    // Without listeners, a connection that breaks ends the process: the pool's is for idle clients, each client's for those in use.
    pool.on('error', () => {});
    pool.on('connect', (client) => client.on('error', () => {}));
    after(() => pool.end());

    /** After each test, by each client. */
    afterEach(async () => {
      const all = await Promise.all(Array.from({ length: clients }, () => pool.connect()));
      for (const client of all) {
        assert.ok(['', null].includes((await tenantOf(client)) as string));
        assert.deepEqual(await tenantsSeen(client), []);
      }
      for (const client of all) client.release();
      for (const tenant of BOTH)
        assert.deepEqual(await inTenant(pool, tenant, tenantsSeen), [tenant]);
    });

    test('sees its own rows if two tenants take turns', async () => {
      const pids = new Set<number | undefined>();
      for (const tenant of Array.from({ length: 10 }, () => BOTH).flat()) {
        await inTenant(pool, tenant, async (client) => {
          pids.add(await backendOf(client));
          assert.deepEqual(await tenantsSeen(client), [tenant]);
        });
      }
      assert.equal(pids.size, 1);
    });

    test('sees its own rows if two tenants run concurrently, with queries outside of a tenant between them', async () => {
      const calls = Array.from({ length: 60 }, async (_, index) => {
        const tenant = BOTH[index % 3];
        if (tenant === undefined) return assert.deepEqual(await tenantsSeen(pool), []);
        return inTenant(pool, tenant, async (client) => {
          for (let round = 0; round < 3; round++) {
            assert.equal(await tenantOf(client), tenant);
            assert.deepEqual(await tenantsSeen(client), [tenant]);
          }
        });
      });
      await Promise.all(calls);
    });

    test('shares prepared statements with the other tenant, but no rows', async () => {
      // From the sixth time, PostgreSQL may use one plan for all values.
      for (const tenant of Array.from({ length: 10 }, () => BOTH).flat()) {
        const { rows } = await inTenant(pool, tenant, (client) =>
          client.query({
            name: 'invoices-by-number',
            text: 'select org_id from invoices where number = $1',
            values: ['1'],
          }),
        );
        assert.deepEqual(rows, [{ org_id: tenant }]);
      }
      const { rows } = await pool.query({
        name: 'invoices-by-number',
        text: 'select org_id from invoices where number = $1',
        values: ['1'],
      });
      assert.deepEqual(rows, []);
    });

    test('leaves no tenant after an error of PostgreSQL', async () => {
      await assert.rejects(
        inTenant(pool, ACME, (client) => client.query('select 1 / 0')),
        { code: '22012' },
      );
    });

    test('leaves no tenant and no row after an error of the application', async () => {
      const failing = inTenant(pool, ACME, async (client) => {
        await client.query(`insert into invoices (number) values ('3')`);
        throw new Error('the application');
      });
      await assert.rejects(failing, { message: 'the application' });
      const { rows } = await inTenant(pool, ACME, (client) =>
        client.query('select number from invoices order by number'),
      );
      assert.deepEqual(rows, [{ number: '1' }, { number: '2' }]);
    });

    test('leaves no tenant after an error that the application swallowed', async () => {
      // COMMIT of a transaction with an error is a ROLLBACK.
      await inTenant(pool, ACME, (client) => client.query('select 1 / 0').catch(() => {}));
    });

    test('leaves no tenant after a broken connection', async () => {
      await assert.rejects(
        inTenant(pool, ACME, async (client) => {
          await endBackendOf(client);
          await tenantsSeen(client);
        }),
      );
    });

    test('leaves no tenant after a client that disconnects', async () => {
      const client = await pool.connect();
      await client.query('begin');
      await setTenant(client, ACME);
      client.release(true);
    });

    test('leaves no tenant after a statement_timeout', async () => {
      await assert.rejects(
        inTenant(pool, ACME, async (client) => {
          await client.query('set local statement_timeout = 1');
          await client.query('select pg_sleep(60)');
        }),
        { code: '57014' },
      );
    });

    test('does not belong to another tenant after a client was released during a transaction', async () => {
      const client = await pool.connect();
      await client.query('begin');
      await setTenant(client, ACME);
      client.release();
      // pg hands out the client that was released last, with its transaction.
      await assert.rejects(inTenant(pool, GLOBEX, tenantsSeen), {
        message: 'The transaction belongs to another tenant.',
      });
    });

    test('keeps its tenant in any nested transaction', async () => {
      await inTenant(pool, ACME, async (client) => {
        await setTenant(client, ACME);
        await assert.rejects(setTenant(client, GLOBEX));
        await client.query('savepoint nested');
        await assert.rejects(setTenant(client, GLOBEX));
        await setTenant(client, ACME);
        assert.deepEqual(await tenantsSeen(client), [ACME]);
        await assert.rejects(client.query('select 1 / 0'));
        await client.query('rollback to savepoint nested');
        assert.deepEqual(await tenantsSeen(client), [ACME]);
        await client.query('release savepoint nested');
        assert.deepEqual(await tenantsSeen(client), [ACME]);
      });
    });

    test('has no tenant again after a rollback to a savepoint from before it was set', async () => {
      const client = await pool.connect();
      await client.query('begin');
      await client.query('savepoint nested');
      await setTenant(client, ACME);
      await client.query('rollback to savepoint nested');
      assert.deepEqual(await tenantsSeen(client), []);
      await setTenant(client, GLOBEX);
      assert.deepEqual(await tenantsSeen(client), [GLOBEX]);
      await client.query('commit');
      client.release();
    });

    test('would leak its tenant if the setting applied to the session', async () => {
      const client = await pool.connect();
      await client.query(`select set_config('app.org_id', $1, false)`, [ACME]);
      client.release();
      const others = await Promise.all(Array.from({ length: clients }, () => pool.connect()));
      for (const other of others) assert.deepEqual(await tenantsSeen(other), [ACME]);
      for (const other of others) other.release();
      await assert.rejects(inTenant(pool, GLOBEX, tenantsSeen));
      await pool.query(`select set_config('app.org_id', '', false)`);
    });

    test('would leak its rows in a cursor WITH HOLD', async () => {
      await inTenant(pool, ACME, (client) =>
        client.query('declare kept cursor with hold for select distinct org_id from invoices'),
      );
      const { rows } = await inTenant(pool, GLOBEX, (client) =>
        client.query('fetch all from kept'),
      );
      assert.deepEqual(rows, [{ org_id: ACME }]);
      await pool.query('close kept');
    });
  });
}
