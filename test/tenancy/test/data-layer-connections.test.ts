/*
 * What connections.test.ts shows with nothing but pg, with the data layers: over one connection, and over PgBouncer, which has one
 * connection for four of theirs.
 */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import type { TestingModule } from '@nestjs/testing';
import { eq, sql } from 'drizzle-orm';
import { NodePgDatabase } from 'drizzle-orm/node-postgres';
import type { OrgScope } from 'nestjs-propelauth/cls';
import { DataSource } from 'typeorm';
import { DATA_MODULES } from '../src/data/data-module.js';
import { invoices } from '../src/data/drizzle/schema.js';
import { Tenant as DrizzleTenant } from '../src/data/drizzle/tenant.js';
import { PrismaClient } from '../src/data/prisma/generated/client.js';
import { Tenant as PrismaTenant } from '../src/data/prisma/tenant.js';
import { Tenant as TypeOrmTenant } from '../src/data/typeorm/tenant.js';
import { Invoices } from '../src/invoices/invoices.js';
import { APP_URL, connected, PGBOUNCER_URL, SUPERUSER_URL } from './database.js';
import { newOrg, start } from './support.js';

/** Runs a statement, and returns its rows. */
type Query = (statement: string) => Promise<Record<string, unknown>[]>;

interface Layer {
  /** In a transaction of an organization. */
  run<Result>(org: OrgScope, work: (query: Query) => Promise<Result>): Promise<Result>;
  /** Outside of one. */
  readonly query: Query;
}

function drizzleQuery(client: NodePgDatabase): Query {
  return async (statement) => (await client.execute(sql.raw(statement))).rows;
}

const LAYERS: Readonly<Record<string, (application: TestingModule) => Layer>> = {
  drizzle(application) {
    const tenant = application.get(DrizzleTenant, { strict: false });
    return {
      run: (org, work) => tenant.run(org, (tx) => work(drizzleQuery(tx))),
      query: drizzleQuery(application.get(NodePgDatabase, { strict: false })),
    };
  },
  typeorm(application) {
    const tenant = application.get(TypeOrmTenant, { strict: false });
    const source = application.get(DataSource, { strict: false });
    return {
      run: (org, work) => tenant.run(org, (tx) => work((statement) => tx.query(statement))),
      query: (statement) => source.query(statement),
    };
  },
  prisma(application) {
    const tenant = application.get(PrismaTenant, { strict: false });
    const client = application.get(PrismaClient, { strict: false });
    return {
      run: (org, work) =>
        tenant.run(org, (tx) => work((statement) => tx.$queryRawUnsafe(statement))),
      query: (statement) => client.$queryRawUnsafe(statement),
    };
  },
};

const WAYS = [
  { way: 'over one connection', url: APP_URL, poolSize: 1 },
  { way: 'over PgBouncer in transaction mode', url: PGBOUNCER_URL, poolSize: 4 },
];

const turns = (...orgs: OrgScope[]) => Array.from({ length: 10 }, () => orgs).flat();

async function orgsSeen(query: Query) {
  return (await query('select distinct org_id from invoices')).map(({ org_id }) => org_id);
}

/** Ends the process of PostgreSQL that serves a transaction, and waits for its end. */
async function endBackendOf(query: Query): Promise<void> {
  const [{ pid }] = await query('select pg_backend_pid() as pid');
  await connected(SUPERUSER_URL, (database) =>
    database.query('select pg_terminate_backend($1, 20000)', [pid]),
  );
}

for (const [name, layerOf] of Object.entries(LAYERS)) {
  for (const { way, url, poolSize } of WAYS) {
    describe(`A transaction of an organization, with ${name} ${way},`, () => {
      let application: TestingModule;
      let layer: Layer;
      let acme: OrgScope;
      let globex: OrgScope;

      before(async () => {
        application = await start(DATA_MODULES[name].forRoot({ url, poolSize }));
        layer = layerOf(application);
        for (const org of [(acme = newOrg(application)), (globex = newOrg(application))]) {
          await application
            .get(Invoices, { strict: false })
            .create(org, { number: '1', lines: [1] });
        }
      });
      after(() => application.close());

      /** After each test, whichever connection answers. */
      afterEach(async () => {
        const all = Array.from({ length: poolSize * 2 }, () => orgsSeen(layer.query));
        assert.deepEqual((await Promise.all(all)).flat(), []);
        for (const org of [acme, globex]) {
          assert.deepEqual(await layer.run(org, orgsSeen), [org.orgId]);
        }
      });

      test('sees its own rows if two organizations take turns', async () => {
        for (const org of turns(acme, globex)) {
          assert.deepEqual(await layer.run(org, orgsSeen), [org.orgId]);
        }
      });

      test('sees its own rows if two organizations run concurrently', async () => {
        await Promise.all(
          turns(acme, globex).map((org) =>
            layer.run(org, async (query) => {
              for (let round = 0; round < 3; round++) {
                assert.deepEqual(await orgsSeen(query), [org.orgId]);
              }
            }),
          ),
        );
      });

      test('leaves no organization after an error of PostgreSQL', async () => {
        await assert.rejects(layer.run(acme, (query) => query('select 1 / 0')));
      });

      test('leaves no organization after a statement_timeout', async () => {
        const waiting = layer.run(acme, async (query) => {
          await query(`select set_config('statement_timeout', '1', true)`);
          await query('select 1 from pg_sleep(60)');
        });
        await assert.rejects(waiting);
      });

      test('leaves no organization after a connection that broke between two queries, and does not end the process', async () => {
        const broken = layer.run(acme, async (query) => {
          await endBackendOf(query);
          // The error reaches the connection while nobody waits for an answer of it.
          await connected(SUPERUSER_URL, (database) => database.query('select pg_sleep(0.05)'));
          await orgsSeen(query);
        });
        await assert.rejects(broken);
      });

      test('keeps its organization after a rollback to a savepoint', async () => {
        await layer.run(acme, async (query) => {
          await query('savepoint nested');
          await assert.rejects(layer.run(globex, orgsSeen));
          await query('rollback to savepoint nested');
          assert.deepEqual(await orgsSeen(query), [acme.orgId]);
        });
      });
    });
  }
}

for (const { way, url, poolSize } of WAYS) {
  test(`A statement that Drizzle prepared by name shows each organization its own rows, ${way}`, async () => {
    const application = await start(DATA_MODULES.drizzle.forRoot({ url, poolSize }));
    const tenant = application.get(DrizzleTenant, { strict: false });
    try {
      const orgs = [newOrg(application), newOrg(application)];
      for (const org of orgs) {
        await application.get(Invoices, { strict: false }).create(org, { number: '1', lines: [] });
      }
      // From the sixth time, PostgreSQL may use one plan for all values.
      for (const org of turns(...orgs)) {
        const seen = await tenant.run(org, (tx) =>
          tx
            .select({ orgId: invoices.orgId })
            .from(invoices)
            .where(eq(invoices.number, sql.placeholder('number')))
            .prepare('by-number')
            .execute({ number: '1' }),
        );
        assert.deepEqual(seen, [{ orgId: org.orgId }]);
      }
    } finally {
      await application.close();
    }
  });
}
