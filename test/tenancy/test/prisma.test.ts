import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import type { TestingModule } from '@nestjs/testing';
import { TransactionHost } from '@nestjs-cls/transactional';
import type { TransactionalAdapterPrisma } from '@nestjs-cls/transactional-adapter-prisma';
import { PrismaPg } from '@prisma/adapter-pg';
import { CurrentCaller, type OrgScope } from 'nestjs-propelauth/cls';
import { type Prisma, PrismaClient } from '../src/data/prisma/generated/client.js';
import { PrismaDataModule } from '../src/data/prisma/prisma-data.module.js';
import { Tenant } from '../src/data/prisma/tenant.js';
import { Invoices } from '../src/invoices/invoices.js';
import { describeDataLayer } from './data-layer.js';
import { fromEnvironment } from './environment.js';
import { newOrg, newSignal, start } from './support.js';

describeDataLayer<Prisma.TransactionClient>('Prisma', {
  module: PrismaDataModule,
  tenant: Tenant,
  client: (application) => application.get(PrismaClient, { strict: false }),
  async numbers(client) {
    const rows = await client.invoice.findMany({ orderBy: { number: 'asc' } });
    return rows.map(({ number }) => number);
  },
  insert: (client, number) => client.invoice.create({ data: { number } }),
});

describe('Prisma', () => {
  const url = fromEnvironment('DATABASE_URL');
  let application: TestingModule;
  let client: PrismaClient;
  let tenant: Tenant;
  let invoices: Invoices;
  let a: OrgScope;
  let b: OrgScope;

  before(async () => {
    application = await start(PrismaDataModule.forRoot({ url, poolSize: 2 }));
    client = application.get(PrismaClient, { strict: false });
    tenant = application.get(Tenant, { strict: false });
    invoices = application.get(Invoices, { strict: false });
    a = newOrg(application);
    b = newOrg(application);
    await invoices.create(a, { number: 'A-1', lines: [100, 250] });
    await invoices.create(b, { number: 'B-1', lines: [7] });
  });
  after(() => application.close());

  test('all queries of the client that run() passes are in its transaction', async () => {
    const seen = await tenant.run(a, (tx) =>
      Promise.all([
        tx.invoice.findMany({ include: { lines: true } }),
        tx.invoice.findMany({ where: { lines: { some: { cents: { gt: 0 } } } } }),
        tx.invoiceTotal.findMany(),
        tx.$queryRaw<{ number: string }[]>`select number from invoices`,
        tx.$queryRawUnsafe<{ number: string }[]>('select number from invoices'),
      ]),
    );
    for (const [way, rows] of seen.entries()) {
      assert.deepEqual(
        rows.map(({ number }) => number),
        ['A-1'],
        `way ${way}`,
      );
    }
    assert.equal(await tenant.run(a, (tx) => tx.invoice.count()), 1);
    const nested = tenant.run(a, (tx) => tx.$transaction((inner) => inner.invoice.count()));
    assert.equal(await nested, 1);
    const lines = await tenant.run(a, (tx) => tx.invoiceLine.findMany());
    assert.equal(lines.length, 2);
  });

  test('the injected client is outside of the transaction: it reads and writes nothing', async () => {
    await tenant.run(a, async () => {
      assert.deepEqual(await client.invoice.findMany(), []);
      assert.deepEqual(
        await client.$transaction([client.invoice.findMany(), client.invoice.count()]),
        [[], 0],
      );
      await assert.rejects(
        client.invoice.create({ data: { number: 'A-2', lines: { create: [{ cents: 1 }] } } }),
        /row-level security/,
      );
    });
  });

  test('no nested write reaches the rows of another organization', async () => {
    const [[ours], [theirs]] = [await invoices.list(a), await invoices.list(b)];
    assert.ok(ours && theirs);
    const [theirLine] = await tenant.run(b, (tx) => tx.invoiceLine.findMany());
    assert.ok(theirLine);
    const lines = { create: [{ cents: 1_000 }] };
    const writes: ((tx: Prisma.TransactionClient) => Promise<unknown>)[] = [
      (tx) => tx.invoice.update({ where: { id: theirs.id }, data: { lines } }),
      (tx) => tx.invoice.update({ where: { id: ours.id }, data: { id: theirs.id } }),
      (tx) => tx.invoice.update({ where: { id: ours.id }, data: { orgId: theirs.orgId } }),
      (tx) =>
        tx.invoice.update({ where: { id: ours.id }, data: { lines: { connect: theirLine } } }),
      (tx) => tx.invoiceLine.create({ data: { cents: 1_000, invoice: { connect: theirs } } }),
      (tx) => tx.invoiceLine.create({ data: { cents: 1_000, invoiceId: theirs.id } }),
      (tx) =>
        tx.invoiceLine.create({
          data: { cents: 1_000, orgId: theirs.orgId, invoiceId: theirs.id },
        }),
      (tx) =>
        tx.invoice.upsert({
          where: { id: theirs.id },
          create: { id: theirs.id, number: 'stolen' },
          update: { number: 'stolen' },
        }),
    ];
    for (const write of writes) await assert.rejects(tenant.run(a, write));
    assert.deepEqual(await invoices.list(a), [ours]);
    assert.deepEqual(await invoices.list(b), [theirs]);
  });

  test('findUnique calls of one tick, which Prisma sends as one query, stay in their transactions', async () => {
    const [[ours], [theirs]] = [await invoices.list(a), await invoices.list(b)];
    assert.ok(ours && theirs);
    const bothAreOpen = newSignal();
    let open = 0;
    const findBoth = (org: OrgScope) =>
      tenant.run(org, async (tx) => {
        if (++open === 2) bothAreOpen.give();
        await bothAreOpen.given;
        const calls = [ours, theirs].map(({ id }) => tx.invoice.findUnique({ where: { id } }));
        return (await Promise.all(calls)).map((found) => found?.number);
      });
    const outside = bothAreOpen.given.then(() =>
      Promise.all([ours, theirs].map(({ id }) => client.invoice.findUnique({ where: { id } }))),
    );
    assert.deepEqual(await Promise.all([findBoth(a), findBoth(b)]), [
      ['A-1', undefined],
      [undefined, 'B-1'],
    ]);
    assert.deepEqual(await outside, [null, null]);
  });

  test('a transaction that times out is rolled back, and its tenant ends', async () => {
    const host = application.get<TransactionHost<TransactionalAdapterPrisma<PrismaClient>>>(
      TransactionHost,
      { strict: false },
    );
    const org = newOrg(application);
    const tooLong = host.withTransaction({ timeout: 100 }, () =>
      tenant.run(org, async (tx) => {
        await tx.invoice.create({ data: { number: 'lost' } });
        for (;;) await tx.invoice.count();
      }),
    );
    await assert.rejects(tooLong, { code: 'P2028' });
    assert.deepEqual(await Promise.all([client.invoice.count(), client.invoice.count()]), [0, 0]);
    assert.deepEqual(await invoices.list(org), []);
  });
});

describe('Prisma with an extension', () => {
  let application: TestingModule;
  let caller: CurrentCaller;
  let client: PrismaClient;
  const seen: string[] = [];

  before(async () => {
    const adapter = new PrismaPg({ connectionString: fromEnvironment('DATABASE_URL'), max: 2 });
    application = await start(PrismaDataModule.forRoot({ url: 'postgres://unused' }), (builder) =>
      builder.overrideProvider(PrismaClient).useFactory({
        inject: [CurrentCaller],
        factory: (current: CurrentCaller) =>
          new PrismaClient({ adapter }).$extends({
            query: {
              $allModels: {
                async $allOperations({ args, operation, query }) {
                  const asked = current.requireOrg().orgId;
                  const result = await query(args);
                  seen.push(`${operation} ${asked} ${current.requireOrg().orgId}`);
                  return result;
                },
              },
            },
          }),
      }),
    );
    caller = application.get(CurrentCaller, { strict: false });
    client = application.get(PrismaClient, { strict: false });
  });
  after(() => application.close());

  test('query extensions know the caller of the query', async () => {
    const invoices = application.get(Invoices, { strict: false });
    const orgIds = Array.from({ length: 20 }, () => randomUUID());
    await Promise.all(
      orgIds.map((orgId) =>
        caller.run({ org: { orgId } }, async () => {
          const org = caller.requireOrg();
          const { id } = await invoices.create(org, { number: orgId, lines: [1] });
          assert.equal((await invoices.find(org, id))?.orgId, orgId);
        }),
      ),
    );
    const expected = orgIds.flatMap((orgId) =>
      ['create', 'findFirst', 'findFirst'].map((name) => `${name} ${orgId} ${orgId}`),
    );
    assert.deepEqual(seen.splice(0).toSorted(), expected.toSorted());
  });

  test('a query starts when it is awaited: CurrentCaller.run() needs an async function around it', async () => {
    await caller.run({ org: { orgId: 'outer' } }, async () => {
      await caller.run({ org: { orgId: 'inner' } }, () => client.invoice.count());
      await caller.run({ org: { orgId: 'inner' } }, async () => client.invoice.count());
    });
    assert.deepEqual(seen.splice(0), ['count outer outer', 'count inner inner']);
  });
});
