import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import type { TestingModule } from '@nestjs/testing';
import { CallerContext, type OrgScope } from 'nestjs-propelauth/cls';
import { DataSource, type EntitySubscriberInterface } from 'typeorm';
import { InvoiceEntity, InvoiceLineEntity, InvoiceTotalEntity } from '../src/data/entities.js';
import { Invoices } from '../src/data/invoices.js';
import { Tenant } from '../src/data/tenant.js';
import { newOrg, startData } from './support.js';

const numbersIn = (rows: { number: string }[]) => rows.map(({ number }) => number);

describe('TypeORM', () => {
  let application: TestingModule;
  let dataSource: DataSource;
  let tenant: Tenant;
  let invoices: Invoices;
  let a: OrgScope;
  let b: OrgScope;

  before(async () => {
    application = await startData({ poolSize: 2 });
    dataSource = application.get(DataSource, { strict: false });
    tenant = application.get(Tenant, { strict: false });
    invoices = application.get(Invoices, { strict: false });
    a = newOrg(application);
    b = newOrg(application);
    await invoices.create(a, { number: 'A-1', lines: [100, 250] });
    await invoices.create(b, { number: 'B-1', lines: [7] });
  });
  after(() => application.close());

  const cachedOrgIds = (org: OrgScope) =>
    tenant.run(org, async (tx) =>
      (await tx.find(InvoiceTotalEntity, { cache: true })).map(({ orgId }) => orgId),
    );

  test('all queries of the EntityManager that run() passes are in its transaction', async () => {
    const seen = await tenant.run(a, async (tx) => {
      const builder = tx.createQueryBuilder(InvoiceEntity, 'invoice');
      const relations = { lines: true };
      return {
        repository: numbersIn(await tx.getRepository(InvoiceEntity).find()),
        builder: numbersIn(await builder.leftJoinAndSelect('invoice.lines', 'line').getMany()),
        counted: numbersIn(
          (await tx.findAndCount(InvoiceEntity, { skip: 0, take: 5, relations }))[0],
        ),
        nested: await tx.transaction(async (inner) => numbersIn(await inner.find(InvoiceEntity))),
        sql: numbersIn(await tx.query('select number from invoices')),
        lines: (
          await tx.find(InvoiceEntity, {
            relations,
            relationLoadStrategy: 'query',
          })
        )
          .flatMap((row) => row.lines.map(({ cents }) => cents))
          .toSorted((one, other) => one - other),
      };
    });
    const { lines, ...ways } = seen;
    assert.deepEqual(lines, [100, 250]);
    for (const [way, numbers] of Object.entries(ways)) assert.deepEqual(numbers, ['A-1'], way);
  });

  test('an injected repository is outside of the transaction: it reads and writes nothing', async () => {
    const repository = dataSource.getRepository(InvoiceEntity);
    await tenant.run(a, async () => {
      assert.deepEqual(await repository.find(), []);
      await assert.rejects(repository.insert({ number: 'A-2' }), /row-level security/);
      await assert.rejects(repository.save({ number: 'A-2' }), /row-level security/);
    });
  });

  test('save() with the id of another organization changes none of its rows', async () => {
    const [theirs] = await invoices.list(b);
    assert.ok(theirs);
    const asTheirs = { id: theirs.id, orgId: b.orgId, number: 'stolen' };
    const asOurs = { id: theirs.id, number: 'stolen' };
    const line = { cents: 1, invoice: { id: theirs.id, orgId: b.orgId } };
    await assert.rejects(tenant.run(a, (tx) => tx.save(InvoiceEntity, asTheirs)));
    await assert.rejects(tenant.run(a, (tx) => tx.save(InvoiceEntity, asOurs)));
    await assert.rejects(tenant.run(a, (tx) => tx.upsert(InvoiceEntity, asTheirs, ['id'])));
    await assert.rejects(tenant.run(a, (tx) => tx.upsert(InvoiceEntity, asOurs, ['id'])));
    await assert.rejects(tenant.run(a, (tx) => tx.save(InvoiceLineEntity, line)));
    assert.deepEqual(await invoices.list(b), [theirs]);
  });

  test('a query with the option cache returns each organization its own rows', async () => {
    assert.deepEqual(new Set(await cachedOrgIds(a)), new Set([a.orgId]));
    assert.deepEqual(new Set(await cachedOrgIds(b)), new Set([b.orgId]));
  });

  test('subscribers know the caller of the query, and are in its transaction', async () => {
    const caller = application.get(CallerContext, { strict: false });
    const seen: { hook: string; caller: string; row: string }[] = [];
    const subscriber: EntitySubscriberInterface<InvoiceEntity> = {
      listenTo: () => InvoiceEntity,
      beforeInsert({ entity }) {
        seen.push({
          hook: 'beforeInsert',
          caller: caller.requireOrg().orgId,
          row: entity.number,
        });
      },
      async afterInsert({ entity, manager }) {
        const inTransaction = await manager.countBy(InvoiceEntity, {
          id: entity.id,
        });
        if (inTransaction === 1) {
          seen.push({
            hook: 'afterInsert',
            caller: caller.requireOrg().orgId,
            row: entity.orgId,
          });
        }
      },
      afterLoad(entity) {
        seen.push({
          hook: 'afterLoad',
          caller: caller.requireOrg().orgId,
          row: entity.orgId,
        });
      },
    };
    dataSource.subscribers.push(subscriber);
    try {
      const orgIds = Array.from({ length: 20 }, () => randomUUID());
      await Promise.all(
        orgIds.map((orgId) =>
          caller.run({ org: { orgId } }, async () => {
            await invoices.create(caller.requireOrg(), {
              number: orgId,
              lines: [1],
            });
            await tenant.run(caller.requireOrg(), (tx) => tx.find(InvoiceEntity));
          }),
        ),
      );
      for (const hook of ['beforeInsert', 'afterInsert', 'afterLoad']) {
        const calls = seen.filter((call) => call.hook === hook);
        assert.deepEqual(calls.map((call) => call.row).toSorted(), orgIds.toSorted(), hook);
        for (const call of calls) assert.equal(call.caller, call.row, hook);
      }
    } finally {
      dataSource.subscribers.splice(dataSource.subscribers.indexOf(subscriber), 1);
    }
  });
});
