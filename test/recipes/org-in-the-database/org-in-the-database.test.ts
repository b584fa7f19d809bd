import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, beforeEach, test } from 'node:test';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import {
  createParamDecorator,
  type ExecutionContext,
  type INestApplication,
  Injectable,
} from '@nestjs/common';
import { Args, GraphQLModule, Query, Resolver } from '@nestjs/graphql';
import { Test } from '@nestjs/testing';
import { type InjectableOrgSource, PropelAuthModule, RequireOrgMember } from 'nestjs-propelauth';
import { TestIssuer, type TestUser } from 'nestjs-propelauth/testing';
import request from 'supertest';
import { InvoicesModule } from './invoices.module.js';
import { type Invoice, Invoices } from './invoices.js';

const acme = { orgId: randomUUID(), orgName: 'Acme' };
const alice = { orgs: [{ ...acme, role: 'Admin' }] };
const carol = { orgs: [{ ...acme, role: 'Member' }] };
const globexId = randomUUID();
const bob = { orgs: [{ orgId: globexId, orgName: 'Globex', role: 'Owner' }] };

/** The page's last chapter. */
const found = new WeakMap<object, Invoice>();

@Injectable()
class InvoiceOfArguments implements InjectableOrgSource {
  constructor(private readonly invoices: Invoices) {}

  async orgOf(context: ExecutionContext) {
    const args = context.getArgByIndex<{ id: string }>(1);
    const invoice = await this.invoices.findAnywhere(args.id);
    if (invoice !== undefined) found.set(args, invoice);
    return { orgId: invoice?.orgId ?? 'none' };
  }
}

const InvoiceOfField = createParamDecorator((_: unknown, context: ExecutionContext) =>
  found.get(context.getArgByIndex<object>(1)),
);

@Resolver()
class InvoicesResolver {
  @Query(() => String, { nullable: true })
  @RequireOrgMember({ org: InvoiceOfArguments })
  invoice(@InvoiceOfField() invoice: Invoice, @Args('id') _id: string) {
    return invoice.id;
  }
}

let issuer: TestIssuer;
let app: INestApplication;
let invoices: Invoices;
let invoice: Invoice;

before(async () => {
  issuer = await TestIssuer.create();
  const moduleRef = await Test.createTestingModule({
    imports: [
      // With the reasons in the responses.
      PropelAuthModule.forRoot({ ...issuer.moduleOptions, debugMode: true }),
      InvoicesModule,
      GraphQLModule.forRoot<ApolloDriverConfig>({ driver: ApolloDriver, autoSchemaFile: true }),
    ],
    providers: [InvoicesResolver, InvoiceOfArguments, Invoices],
  })
    .overrideProvider(Invoices)
    .useValue((invoices = new Invoices()))
    .compile();
  app = await moduleRef.createNestApplication({ logger: false }).init();
});

after(() => app.close());

beforeEach(() => {
  invoices.isDown = false;
  invoices.queries.length = 0;
  invoice = { id: randomUUID(), orgId: acme.orgId };
  invoices.rows.set(invoice.id, invoice);
});

async function get(id: string, user: TestUser) {
  const token = await issuer.accessToken(user);
  const { status, body } = await request(app.getHttpServer())
    .get(`/invoices/${id}`)
    .auth(token, { type: 'bearer' });
  return { status, body };
}

test('a member gets the invoice, which is loaded once', async () => {
  assert.deepEqual(await get(invoice.id, carol), { status: 200, body: invoice });
  assert.deepEqual(invoices.queries, [`find ${invoice.id}`]);
});

test('two rules of one handler load the invoice once', async () => {
  const token = await issuer.accessToken(alice);
  const { id } = invoice;
  await request(app.getHttpServer())
    .delete(`/invoices/${id}`)
    .auth(token, { type: 'bearer' })
    .expect(200);
  assert.deepEqual(invoices.queries, [`find ${id}`, `remove ${id}`]);
  assert.equal(invoices.rows.has(id), false);
});

test('the role is checked in the organization of the invoice', async () => {
  for (const user of [carol, bob]) {
    const token = await issuer.accessToken(user);
    await request(app.getHttpServer())
      .delete(`/invoices/${invoice.id}`)
      .auth(token, { type: 'bearer' })
      .expect(403);
  }
  assert.equal(invoices.rows.has(invoice.id), true);
});

test('the invoice of another organization, an unknown id and a malformed one get the same 403', async () => {
  const theirs = await get(invoice.id, bob);
  assert.equal(theirs.status, 403);
  assert.deepEqual(await get(randomUUID(), bob), theirs);
  invoices.queries.length = 0;
  for (const id of ['1', 'x'.repeat(36), `${invoice.id}0`, "1'--", '%00']) {
    assert.deepEqual(await get(id, bob), theirs);
  }
  assert.deepEqual(invoices.queries, []);
});

test('without a token, the request returns 401 and causes no query', async () => {
  await request(app.getHttpServer()).get(`/invoices/${invoice.id}`).expect(401);
  assert.deepEqual(invoices.queries, []);
});

test('while the database is down, the request returns 500', async () => {
  invoices.isDown = true;
  assert.equal((await get(invoice.id, carol)).status, 500);
});

test('a GraphQL operation that names several invoices gets the organization of each', async () => {
  const other = { id: randomUUID(), orgId: globexId };
  const second = { id: randomUUID(), orgId: acme.orgId };
  for (const one of [other, second]) invoices.rows.set(one.id, one);
  const token = await issuer.accessToken(carol);
  const query = `{ a: invoice(id: "${invoice.id}") b: invoice(id: "${other.id}") c: invoice(id: "${second.id}") }`;
  const { body } = await request(app.getHttpServer())
    .post('/graphql')
    .auth(token, { type: 'bearer' })
    .send({ query });
  assert.deepEqual({ ...body.data }, { a: invoice.id, b: null, c: second.id });
});
