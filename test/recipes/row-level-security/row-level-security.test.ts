import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { type INestApplication, type Provider } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { CallerContext, type OrgScope } from 'nestjs-propelauth/cls';
import { createEmulator, overridePropelAuth } from 'nestjs-propelauth/testing';
import { Client } from 'pg';
import request from 'supertest';
import type { EntityManager } from 'typeorm';
import { assertPoliciesApply } from './assert-policies-apply.js';
import { Invoice } from './invoice.entity.js';
import { TenantPrisma } from './prisma/tenant-prisma.js';
import { Tenant } from './tenant.js';

const ACME_ID = '6b0c9a5e-3f0d-4c58-9d8c-1a2b3c4d5e6f';
const GLOBEX_ID = '7c1daa6f-4a1e-4d69-8e9d-2b3c4d5e6f70';
const member = (orgId: string, orgName: string) => ({ orgId, orgName, role: 'Member' });
const alice = { userId: 'user-alice', orgs: [member(ACME_ID, 'Acme')] };
const bob = { userId: 'user-bob', orgs: [member(GLOBEX_ID, 'Globex')] };

/** A database of this recipe's own: others have tables without policies in theirs. */
const DATABASE = 'row_level_security';

function urlFor(role: string, database = DATABASE): string {
  const url = new URL(process.env.SUPERUSER_URL!);
  url.username = role;
  url.pathname = database;
  return url.href;
}

async function connect(role: string, database?: string): Promise<Client> {
  const client = new Client({ connectionString: urlFor(role, database) });
  await client.connect();
  return client;
}

async function runFile(role: string, file: string) {
  const client = await connect(role);
  await client.query(readFileSync(new URL(`sql/${file}`, import.meta.url), 'utf8'));
  await client.end();
}

process.env.DATABASE_URL = urlFor('tenant_app');
const { AppModule } = await import('./app.module.js');
const emulator = await createEmulator();
let superuser: Client;

before(async () => {
  const server = await connect('postgres', 'postgres');
  await server.query(`create database ${DATABASE}`);
  await server.end();
  await runFile('postgres', 'roles.sql');
  await runFile('tenant_owner', 'tables.sql');
  await runFile('postgres', 'lookup.sql');
  superuser = await connect('postgres');
});

after(() => superuser.end());

beforeEach(async () => {
  await superuser.query('delete from invoices');
  await superuser.query(
    `insert into invoices (org_id, number) values ($1, 'A-1'), ($2, 'G-1'), ('', 'nobody')`,
    [ACME_ID, GLOBEX_ID],
  );
});

async function numbers(orgId: string): Promise<string[]> {
  const sql = 'select number from invoices where org_id = $1 order by number';
  const { rows } = await superuser.query<{ number: string }>(sql, [orgId]);
  return rows.map(({ number }) => number);
}

describe('over HTTP', () => {
  let app: INestApplication;

  before(async () => {
    const builder = Test.createTestingModule({ imports: [AppModule] });
    const moduleRef = await overridePropelAuth(builder, { emulator }).compile();
    app = await moduleRef.createNestApplication().init();
  });

  after(() => app.close());

  test('a member lists and creates invoices of their organization', async () => {
    const path = `/orgs/${ACME_ID}/invoices`;
    const server = app.getHttpServer();
    const headers = { Authorization: await emulator.issuer.authorization(alice) };
    const created = await request(server).post(path).set(headers).send({ number: 'A-2' });
    assert.equal(created.status, 201);
    const { body } = await request(server).get(path).set(headers);
    const seen = (body as Invoice[]).map(({ number, orgId }) => `${number} of ${orgId}`);
    assert.deepEqual(new Set(seen), new Set([`A-1 of ${ACME_ID}`, `A-2 of ${ACME_ID}`]));
    assert.deepEqual(await numbers(GLOBEX_ID), ['G-1']);
  });

  test('another organization gets 403', async () => {
    const headers = { Authorization: await emulator.issuer.authorization(bob) };
    await request(app.getHttpServer()).get(`/orgs/${ACME_ID}/invoices`).set(headers).expect(403);
  });
});

/** The same statements with each library, in `org`, or outside of an organization. */
interface Library {
  readonly name: string;
  readonly providers: Provider[];
  list(moduleRef: TestingModule, org?: OrgScope): Promise<string[]>;
  insert(moduleRef: TestingModule, number: string, org?: OrgScope): Promise<unknown>;
  /** Into another organization's rows. */
  insertForeign(moduleRef: TestingModule, org: OrgScope): Promise<unknown>;
  update(moduleRef: TestingModule, org?: OrgScope): Promise<number>;
  /** Inserts an invoice, and then fails in the same transaction. */
  fail(moduleRef: TestingModule, org: OrgScope): Promise<unknown>;
}
const FAILURE = new Error('after the insert');

type Work = (tx: EntityManager) => Promise<unknown>;

/** With the manager of `run()`, or with an injected one. */
function withManager(moduleRef: TestingModule, org: OrgScope | undefined, work: Work) {
  const tenant = moduleRef.get(Tenant);
  if (org) return tenant.run(org, work);
  return work((tenant as unknown as { dataSource: { manager: EntityManager } }).dataSource.manager);
}

const typeorm: Library = {
  name: 'TypeORM',
  providers: [],
  list: async (moduleRef, org) => {
    const rows = (await withManager(moduleRef, org, (tx) => tx.find(Invoice))) as Invoice[];
    return rows.map(({ number }) => number);
  },
  insert: (moduleRef, number, org) =>
    withManager(moduleRef, org, (tx) => tx.save(Invoice, { number })),
  insertForeign: (moduleRef, org) =>
    withManager(moduleRef, org, (tx) =>
      tx.query('insert into invoices (org_id, number) values ($1, $2)', [GLOBEX_ID, 'X']),
    ),
  update: async (moduleRef, org) => {
    const { affected } = (await withManager(moduleRef, org, (tx) =>
      tx.update(Invoice, { number: 'G-1' }, { number: 'X' }),
    )) as { affected: number };
    return affected;
  },
  fail: (moduleRef, org) =>
    withManager(moduleRef, org, async (tx) => {
      await tx.save(Invoice, { number: 'A-2' });
      throw FAILURE;
    }),
};

/** With the client of `of()`, or with that of the class. */
function clientFor(moduleRef: TestingModule, org: OrgScope | undefined) {
  const tenant = moduleRef.get(TenantPrisma);
  if (org) return tenant.of(org);
  return (tenant as unknown as { prisma: ReturnType<TenantPrisma['of']> }).prisma;
}

const prisma: Library = {
  name: 'Prisma',
  providers: [TenantPrisma],
  list: async (moduleRef, org) => {
    const rows = await clientFor(moduleRef, org).invoice.findMany();
    return rows.map(({ number }) => number);
  },
  insert: (moduleRef, number, org) =>
    clientFor(moduleRef, org).invoice.create({ data: { number } }),
  insertForeign: (moduleRef, org) =>
    clientFor(moduleRef, org).invoice.create({ data: { number: 'X', orgId: GLOBEX_ID } }),
  update: async (moduleRef, org) => {
    const { count } = await clientFor(moduleRef, org).invoice.updateMany({
      where: { number: 'G-1' },
      data: { number: 'X' },
    });
    return count;
  },
  fail: (moduleRef, org) =>
    moduleRef.get(TenantPrisma).run(org, async (tx) => {
      await tx.invoice.create({ data: { number: 'A-2' } });
      throw FAILURE;
    }),
};

/** The organization as a rule has checked it. */
let acme: OrgScope;

for (const library of [typeorm, prisma]) {
  describe(`with ${library.name}`, () => {
    let moduleRef: TestingModule;

    before(async () => {
      const builder = Test.createTestingModule({
        imports: [AppModule],
        providers: library.providers,
      });
      moduleRef = await overridePropelAuth(builder, { emulator }).compile();
      await moduleRef.init();
      const caller = moduleRef.get(CallerContext);
      acme = caller.run({ org: { orgId: ACME_ID } }, () => caller.requireOrg());
    });

    after(() => moduleRef.close());

    test('a query sees the rows of one organization, and none without one', async () => {
      assert.deepEqual(await library.list(moduleRef, acme), ['A-1']);
      assert.deepEqual(await library.list(moduleRef), []);
    });

    test('an insert gets the organization, and fails without one', async () => {
      await library.insert(moduleRef, 'A-2', acme);
      assert.deepEqual(await numbers(ACME_ID), ['A-1', 'A-2']);
      await assert.rejects(library.insert(moduleRef, 'A-3'), /row-level security/);
    });

    test('an insert for another organization fails', async () => {
      await assert.rejects(library.insertForeign(moduleRef, acme), /row-level security/);
      assert.deepEqual(await numbers(GLOBEX_ID), ['G-1']);
    });

    test('an update changes no rows of another organization, or without one', async () => {
      assert.equal(await library.update(moduleRef, acme), 0);
      assert.equal(await library.update(moduleRef), 0);
    });

    test('a transaction that fails leaves no rows', async () => {
      await assert.rejects(library.fail(moduleRef, acme), FAILURE);
      assert.deepEqual(await numbers(ACME_ID), ['A-1']);
    });

    test('concurrent queries of two organizations see their own rows', async () => {
      const caller = moduleRef.get(CallerContext);
      const globex = caller.run({ org: { orgId: GLOBEX_ID } }, () => caller.requireOrg());
      const orgs = Array.from({ length: 10 }, (_, index) => (index % 2 === 0 ? acme : globex));
      const seen = await Promise.all(orgs.map((org) => library.list(moduleRef, org)));
      for (const [index, rows] of seen.entries()) {
        assert.deepEqual(rows, index % 2 === 0 ? ['A-1'] : ['G-1']);
      }
    });
  });
}

test('a transaction of the Prisma client for an organization does not hold its queries', async () => {
  const tenant = new TenantPrisma();
  try {
    const work = tenant.of(acme).$transaction(async (tx) => {
      await tx.invoice.create({ data: { number: 'A-2' } });
      throw FAILURE;
    });
    await assert.rejects(work, FAILURE);
    assert.deepEqual(await numbers(ACME_ID), ['A-1', 'A-2']);
  } finally {
    await tenant.onModuleDestroy();
  }
});

test('the lookup finds an invoice of any organization by its id, for the application alone', async () => {
  const { rows } = await superuser.query<{ id: string }>(
    `select id from invoices where number = 'G-1'`,
  );
  const app = await connect('tenant_app');
  try {
    const found = await app.query('select org_id, number from find_invoice($1)', [rows[0]!.id]);
    assert.deepEqual(found.rows, [{ org_id: GLOBEX_ID, number: 'G-1' }]);
    await assert.rejects(app.query('truncate invoices'), { code: '42501' });
  } finally {
    await app.end();
  }
  const owner = await connect('tenant_owner');
  try {
    await assert.rejects(owner.query('select find_invoice($1)', [rows[0]!.id]), { code: '42501' });
    const update = await owner.query(`update invoices set number = 'X'`);
    assert.equal(update.rowCount, 0);
  } finally {
    await owner.end();
  }
});

const ID = '5f3a0d0e-6d4c-4c55-9a0b-7f1e7f1e7f1e';
const WITH_ID = `update invoices set id = '${ID}' where number = 'G-1'`;
const INSERT = `insert into invoices (number) values ('G-1') returning number`;
const LINE = `insert into lines (invoice_id) values ('${ID}') returning 'a line'`;
const ORG_ID = `org_id text default current_setting('app.org_id')`;
const GRANTS = 'grant insert, select on lines to tenant_app';
const LISTED = 'select number from lines order by number';
const ALL = ['A-1', 'G-1', 'nobody'];

/** After a change of the tables, what a statement of the application in Acme returns: its values, or the code of the error. */
const FACTS: [string, change: string, statement: string, outcome: unknown][] = [
  ['a number that another organization has is free', '', INSERT, ['G-1']],
  ['a key without org_id reveals it', 'create unique index on invoices (number)', INSERT, '23505'],
  [
    'a duplicate id reveals that a row exists',
    WITH_ID,
    `insert into invoices (id, number) values ('${ID}', 'A-2')`,
    '23505',
  ],
  [
    'a foreign key without org_id refers to a row of another organization',
    `${WITH_ID}; create table lines (invoice_id uuid references invoices); ${GRANTS}`,
    LINE,
    ['a line'],
  ],
  [
    'a foreign key with org_id does not',
    `${WITH_ID}; alter table invoices add unique (org_id, id);
     create table lines (${ORG_ID}, invoice_id uuid, foreign key (org_id, invoice_id) references invoices (org_id, id)); ${GRANTS}`,
    LINE,
    '23503',
  ],
  [
    'a view with security_invoker shows the rows of the organization',
    `create view lines with (security_invoker) as select number from invoices; ${GRANTS}`,
    LISTED,
    ['A-1'],
  ],
  [
    'another view shows all rows',
    `create view lines as select number from invoices; ${GRANTS}`,
    LISTED,
    ALL,
  ],
  [
    'a materialized view shows all rows',
    `create materialized view lines as select number from invoices; ${GRANTS}`,
    LISTED,
    ALL,
  ],
  [
    'TRUNCATE ignores policies',
    'grant truncate on invoices to tenant_app',
    'truncate invoices',
    [],
  ],
];

describe('PostgreSQL does as the page says', () => {
  for (const [fact, change, statement, outcome] of FACTS) {
    test(fact, async () => {
      await superuser.query('begin');
      try {
        await superuser.query(change);
        await superuser.query('set local role tenant_app');
        await superuser.query(`select set_config('app.org_id', $1, true)`, [ACME_ID]);
        const result = await superuser.query({ text: statement, rowMode: 'array' }).then(
          ({ rows }) => rows.flat(),
          ({ code }) => code,
        );
        assert.deepEqual(result, outcome);
      } finally {
        await superuser.query('rollback');
      }
    });
  }

  test('only set_config(…, false) and a cursor WITH HOLD show rows after the transaction', async () => {
    const app = await connect('tenant_app');
    const setting = (isLocal: boolean) =>
      app.query(`select set_config('app.org_id', $1, $2)`, [ACME_ID, isLocal]);
    const shown = async (query: string) => (await app.query(query)).rowCount;
    try {
      await app.query('begin');
      await setting(true);
      await app.query('declare kept cursor with hold for select from invoices');
      assert.equal(await shown('select from invoices'), 1);
      await app.query('commit');
      assert.equal(await shown('select from invoices'), 0);
      assert.equal(await shown('fetch all from kept'), 1);
      await setting(false);
      assert.equal(await shown('select from invoices'), 1);
    } finally {
      await app.end();
    }
  });
});

async function check(role: string): Promise<void> {
  const client = await connect(role);
  try {
    await assertPoliciesApply(async (sql) => (await client.query<{ gap: string }>(sql)).rows);
  } finally {
    await client.end();
  }
}

describe('startup', () => {
  const tables: string[] = [];
  afterEach(async () => {
    for (const table of tables.splice(0)) await superuser.query(`drop table ${table}`);
  });

  test('passes for the role of the application', () => check('tenant_app'));

  for (const role of ['postgres', 'tenant_owner']) {
    test(`fails for ${role}`, () =>
      assert.rejects(check(role), {
        message: `Row-level security: policies do not apply to the role ${role}`,
      }));
  }

  for (const [what, sql] of [
    ['no policies', ''],
    ['policies that are not forced', 'alter table lines enable row level security'],
    ['no policy', 'alter table lines enable row level security, force row level security'],
  ] as const) {
    test(`fails for a table with ${what}`, async () => {
      await superuser.query(`create table lines (org_id text); ${sql}`);
      tables.push('lines');
      await assert.rejects(check('tenant_app'), {
        message: 'Row-level security: lines has no forced row-level security or no policy',
      });
    });
  }
});
