import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { TestingModule } from '@nestjs/testing';
import { Propagation, Transactional, TransactionHost } from '@nestjs-cls/transactional';
import type { TransactionalAdapterTypeOrm } from '@nestjs-cls/transactional-adapter-typeorm';
import type { OrgScope } from 'nestjs-propelauth/cls';
import { DataSource, type EntityManager } from 'typeorm';
import { InvoiceEntity } from '../src/data/entities.js';
import { Invoices } from '../src/data/invoices.js';
import { Tenant } from '../src/data/tenant.js';
import { newOrg, startData } from './support.js';

let application: TestingModule;
let invoices: Invoices;
let tenant: Tenant;
let host: TransactionHost<TransactionalAdapterTypeOrm>;
let a: OrgScope;
let b: OrgScope;

async function startWithPoolOf(poolSize: number) {
  application = await startData({ poolSize });
  invoices = application.get(Invoices, { strict: false });
  tenant = application.get(Tenant, { strict: false });
  host = application.get(TransactionHost, { strict: false });
  a = newOrg(application);
  b = newOrg(application);
  await invoices.create(a, { number: 'A-1', lines: [100, 250] });
  await invoices.create(b, { number: 'B-1', lines: [7] });
}

/** The numbers of all invoices there are, as the client sees it. */
async function numbersSeen(client: EntityManager): Promise<string[]> {
  const rows = await client.find(InvoiceEntity, { order: { number: 'asc' } });
  return rows.map(({ number }) => number);
}

const insert = (client: EntityManager, number: string) => client.insert(InvoiceEntity, { number });

/** The client that an application could inject. No transaction with a tenant uses its connections. */
const outside = () => application.get(DataSource, { strict: false }).manager;
const numbersOf = (org: OrgScope) => tenant.run(org, numbersSeen);

/** Inserts invoices in a transaction inside of the open one. */
const insertNested = (...given: string[]) =>
  host.withTransaction(Propagation.Nested, async () => {
    for (const number of given) await insert(host.tx, number);
  });

/** A promise that the test itself fulfils. */
function newSignal(): { readonly given: Promise<void>; give(): void } {
  let give!: () => void;
  const given = new Promise<void>((resolve) => (give = resolve));
  return { given, give };
}

describe('Over one connection', () => {
  before(() => startWithPoolOf(1));
  after(() => application.close());

  test('an invoice is written with all of its lines, or not at all', async () => {
    const org = newOrg(application);
    await assert.rejects(invoices.create(org, { number: '1', lines: [1, 2 ** 40] }));
    assert.deepEqual(await invoices.list(org), []);
  });

  test('outside of a transaction with a tenant, no row is read or written', async () => {
    assert.deepEqual(await numbersOf(a), ['A-1']);
    assert.deepEqual(await numbersSeen(outside()), []);
    await assert.rejects(insert(outside(), 'of nobody'), /row-level security/);
  });

  test('an organization with an empty id reads and writes no rows', async () => {
    const nameless = { orgId: '' } as OrgScope;
    assert.deepEqual(await numbersOf(nameless), []);
    await assert.rejects(
      tenant.run(nameless, (tx) => insert(tx, 'of nobody')),
      /row-level security/,
    );
  });

  test('an error rolls the transaction back, and its tenant ends', async () => {
    const error = new Error('The job failed.');
    const failed = tenant.run(a, async (tx) => {
      await insert(tx, 'A-failed');
      throw error;
    });
    await assert.rejects(failed, error);
    assert.deepEqual(await numbersSeen(outside()), []);
    assert.deepEqual(await numbersOf(b), ['B-1']);
    assert.deepEqual(await numbersOf(a), ['A-1']);
  });

  test('an error of PostgreSQL that the work catches saves nothing, and leaves no tenant', async () => {
    await tenant
      .run(a, async (tx) => {
        await insert(tx, 'A-lost');
        await assert.rejects(insert(tx, 'A-lost'));
      })
      .catch(() => {});
    assert.deepEqual(await numbersSeen(outside()), []);
    assert.deepEqual(await numbersOf(a), ['A-1']);
  });

  test('run() inside of run() joins its transaction', async () => {
    const error = new Error('The outer work failed.');
    const failed = tenant.run(a, async () => {
      await tenant.run(a, (tx) => insert(tx, 'A-inner'));
      assert.deepEqual(await numbersOf(a), ['A-1', 'A-inner']);
      throw error;
    });
    await assert.rejects(failed, error);
    assert.deepEqual(await numbersOf(a), ['A-1']);
  });

  test('run() for another organization throws inside of a transaction, which keeps its own', async () => {
    const org = newOrg(application);
    await tenant.run(org, async (tx) => {
      await insert(tx, 'before');
      await assert.rejects(numbersOf(a), /This transaction belongs to another organization\./);
      await insert(tx, 'after');
      assert.deepEqual(await numbersSeen(tx), ['after', 'before']);
    });
    assert.deepEqual(await numbersOf(org), ['after', 'before']);
  });

  test('a transaction for another organization is rolled back if its error is not caught', async () => {
    const org = newOrg(application);
    const failed = tenant.run(org, async (tx) => {
      await insert(tx, 'before');
      await numbersOf(a);
    });
    await assert.rejects(failed, /This transaction belongs to another organization\./);
    assert.deepEqual(await numbersOf(org), []);
  });

  test('one of two concurrent run() calls for different organizations in one transaction throws', async () => {
    const [first, second] = await host.withTransaction(() =>
      Promise.allSettled([numbersOf(a), numbersOf(b)]),
    );
    assert.deepEqual(first, { status: 'fulfilled', value: ['A-1'] });
    assert.match(String(second.status === 'rejected' && second.reason), /another organization/);
  });

  test('@Transactional() alone has no tenant: no row is read or written', async () => {
    class Reports {
      @Transactional()
      async numbers() {
        assert.equal(host.isTransactionActive(), true);
        return numbersSeen(host.tx);
      }

      @Transactional()
      async insert() {
        await insert(host.tx, 'of nobody');
      }
    }
    assert.deepEqual(await numbersOf(a), ['A-1']);
    assert.deepEqual(await new Reports().numbers(), []);
    await assert.rejects(new Reports().insert(), /row-level security/);
  });

  test('Propagation.Nested keeps the tenant, and an error in it rolls only its own part back', async () => {
    const org = newOrg(application);
    await tenant.run(org, async (tx) => {
      await insertNested('1', '2');
      await assert.rejects(insertNested('3', '1'));
      assert.deepEqual(await numbersSeen(tx), ['1', '2']);
    });
    assert.deepEqual(await numbersOf(org), ['1', '2']);
  });

  test('a transaction that is used after run() throws, even inside of another run()', async () => {
    const kept = await tenant.run(a, async (tx) => tx);
    await assert.rejects(numbersSeen(kept));
    await assert.rejects(tenant.run(b, () => numbersSeen(kept)));
  });

  test('work that is not awaited has no tenant once run() is over', async () => {
    const over = newSignal();
    let late: Promise<string[]> | undefined;
    await tenant.run(a, async () => {
      late = over.given.then(() => numbersSeen(host.tx));
    });
    over.give();
    assert.deepEqual(await late, []);
  });
});

describe('Over two connections', () => {
  before(() => startWithPoolOf(2));
  after(() => application.close());

  test('two concurrent transactions see their own rows', async () => {
    const bothAreOpen = newSignal();
    let open = 0;
    const numbersOnceBothAreOpen = (org: OrgScope) =>
      tenant.run(org, async (tx) => {
        if (++open === 2) bothAreOpen.give();
        await bothAreOpen.given;
        return numbersSeen(tx);
      });
    assert.deepEqual(await Promise.all([a, b].map(numbersOnceBothAreOpen)), [['A-1'], ['B-1']]);
  });

  test('Propagation.RequiresNew has no tenant until run() gives it one', async () => {
    await tenant.run(a, async (tx) => {
      const seen = await host.withTransaction(Propagation.RequiresNew, async () => [
        await numbersSeen(host.tx),
        await numbersOf(b),
      ]);
      assert.deepEqual(seen, [[], ['B-1']]);
      assert.deepEqual(await numbersSeen(tx), ['A-1']);
    });
  });

  test('60 concurrent transactions of ten organizations see their own rows', async () => {
    const orgs = Array.from({ length: 10 }, () => newOrg(application));
    for (const [index, org] of orgs.entries()) {
      await invoices.create(org, { number: `${index}`, lines: [index] });
    }
    const seen = await Promise.all(
      Array.from({ length: 60 }, (_, index) =>
        index % 7 === 0 ? numbersSeen(outside()) : numbersOf(orgs[index % 10]),
      ),
    );
    assert.deepEqual(
      seen,
      Array.from({ length: 60 }, (_, index) => (index % 7 === 0 ? [] : [`${index % 10}`])),
    );
  });
});
