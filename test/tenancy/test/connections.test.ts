/*
 * Whatever happens to a transaction of one organization, the next one on its connection is not affected. All tests share one connection.
 */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import type { TestingModule } from '@nestjs/testing';
import { TransactionHost } from '@nestjs-cls/transactional';
import type { TransactionalAdapterTypeOrm } from '@nestjs-cls/transactional-adapter-typeorm';
import type { OrgScope } from 'nestjs-propelauth/cls';
import { DataSource, type EntityManager } from 'typeorm';
import { Invoices } from '../src/data/invoices.js';
import { Tenant } from '../src/data/tenant.js';
import { connected, SUPERUSER_URL } from './database.js';
import { newOrg, startData } from './support.js';

/** In a transaction, or the `DataSource` outside of one. */
type Client = Pick<EntityManager, 'query'>;

/** The organizations whose invoices a query without a condition returns. */
async function orgsSeen(client: Client): Promise<string[]> {
  const rows = await client.query<{ org_id: string }[]>(
    'select distinct org_id from invoices order by org_id',
  );
  return rows.map(({ org_id }) => org_id);
}

async function backendOf(client: Client): Promise<number> {
  const [{ pid }] = await client.query<{ pid: number }[]>('select pg_backend_pid() as pid');
  return pid;
}

/** Ends the process of PostgreSQL that serves a transaction, and waits for its end. */
async function endBackendOf(client: Client): Promise<void> {
  const pid = await backendOf(client);
  await connected(SUPERUSER_URL, async (database) => {
    await database.query('select pg_terminate_backend($1, 20000)', [pid]);
    // The error reaches the connection while nobody waits for an answer of it.
    await database.query('select pg_sleep(0.05)');
  });
}

const executeByNumber = (client: Client) => client.query<object[]>(`execute by_number ('1')`);

describe('A transaction of an organization', () => {
  let application: TestingModule;
  let dataSource: DataSource;
  let tenant: Tenant;
  let host: TransactionHost<TransactionalAdapterTypeOrm>;
  let acme: OrgScope;
  let globex: OrgScope;

  before(async () => {
    application = await startData({ poolSize: 1 });
    dataSource = application.get(DataSource, { strict: false });
    tenant = application.get(Tenant, { strict: false });
    host = application.get(TransactionHost, { strict: false });
    acme = newOrg(application);
    globex = newOrg(application);
    const invoices = application.get(Invoices, { strict: false });
    for (const org of [acme, globex]) await invoices.create(org, { number: '1', lines: [1] });
  });
  after(() => application.close());

  afterEach(async () => {
    assert.deepEqual(await orgsSeen(dataSource), []);
    for (const org of [acme, globex]) {
      assert.deepEqual(await tenant.run(org, orgsSeen), [org.orgId]);
    }
  });

  const turns = () => Array.from({ length: 10 }, () => [acme, globex]).flat();

  test('sees its own rows if two organizations take turns', async () => {
    const pids = new Set<number>();
    for (const org of turns()) {
      await tenant.run(org, async (tx) => {
        pids.add(await backendOf(tx));
        assert.deepEqual(await orgsSeen(tx), [org.orgId]);
      });
    }
    assert.equal(pids.size, 1);
  });

  test('sees its own rows if two organizations run concurrently, with queries outside of an organization between them', async () => {
    const calls = turns().flatMap((org) => [
      orgsSeen(dataSource).then((seen) => assert.deepEqual(seen, [])),
      tenant.run(org, async (tx) => {
        for (let round = 0; round < 3; round++) {
          assert.deepEqual(await orgsSeen(tx), [org.orgId]);
        }
      }),
    ]);
    await Promise.all(calls);
  });

  test('shares prepared statements with the other organization, but no rows', async () => {
    await dataSource.query(
      'prepare by_number (text) as select org_id from invoices where number = $1',
    );
    // From the sixth time, PostgreSQL may use one plan for all values.
    for (const org of turns()) {
      assert.deepEqual(await tenant.run(org, executeByNumber), [{ org_id: org.orgId }]);
    }
    assert.deepEqual(await executeByNumber(dataSource), []);
    await dataSource.query('deallocate by_number');
  });

  test('leaves no organization after an error of PostgreSQL', async () => {
    const failing = tenant.run(acme, (tx) => tx.query('select 1 / 0'));
    await assert.rejects(failing, { code: '22012' });
  });

  test('leaves no organization after a statement_timeout', async () => {
    const waiting = tenant.run(acme, async (tx) => {
      await tx.query('set local statement_timeout = 1');
      await tx.query('select pg_sleep(60)');
    });
    await assert.rejects(waiting, { code: '57014' });
  });

  test('leaves no organization after a connection that broke between two queries, and does not end the process', async () => {
    const broken = tenant.run(acme, async (tx) => {
      await endBackendOf(tx);
      await orgsSeen(tx);
    });
    await assert.rejects(broken);
  });

  test('does not belong to another organization after a connection was released during a transaction', async () => {
    const runner = dataSource.createQueryRunner();
    await runner.startTransaction();
    await runner.query(`select set_config('app.org_id', $1, true)`, [acme.orgId]);
    await runner.release();
    await assert.rejects(tenant.run(globex, orgsSeen), /another organization/);
  });

  test('keeps its organization after a rollback to a savepoint', async () => {
    await tenant.run(acme, async (tx) => {
      await tx.query('savepoint nested');
      await assert.rejects(tenant.run(globex, orgsSeen), /another organization/);
      await assert.rejects(tx.query('select 1 / 0'));
      await tx.query('rollback to savepoint nested');
      assert.deepEqual(await orgsSeen(tx), [acme.orgId]);
      await tx.query('release savepoint nested');
      assert.deepEqual(await orgsSeen(tx), [acme.orgId]);
    });
  });

  test('has no organization again after a rollback to a savepoint from before it was set', async () => {
    await host.withTransaction(async () => {
      const { tx } = host;
      await tx.query('savepoint nested');
      assert.deepEqual(await tenant.run(acme, orgsSeen), [acme.orgId]);
      await tx.query('rollback to savepoint nested');
      assert.deepEqual(await orgsSeen(tx), []);
      assert.deepEqual(await tenant.run(globex, orgsSeen), [globex.orgId]);
    });
  });

  test('would leak its organization if the setting applied to the session', async () => {
    await dataSource.query(`select set_config('app.org_id', $1, false)`, [acme.orgId]);
    assert.deepEqual(await orgsSeen(dataSource), [acme.orgId]);
    await assert.rejects(tenant.run(globex, orgsSeen), /another organization/);
    await dataSource.query(`select set_config('app.org_id', '', false)`);
  });

  test('would leak its rows in a cursor WITH HOLD', async () => {
    await tenant.run(acme, (tx) =>
      tx.query('declare kept cursor with hold for select distinct org_id from invoices'),
    );
    const kept = await tenant.run(globex, (tx) => tx.query<object[]>('fetch all from kept'));
    assert.deepEqual(kept, [{ org_id: acme.orgId }]);
    await dataSource.query('close kept');
  });
});
