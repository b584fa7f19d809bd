import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, mock, test } from 'node:test';
import { expectAccess, overridePropelAuth } from 'nestjs-propelauth/testing';
import { Client as PostgresClient, type QueryConfig } from 'pg';
import { Application, type Client } from './application.js';
import { A, B, issuer, OURS, Tables, TAKEN, THEIRS } from './tenants.js';

const tables = new Tables();
after(() => tables.close());

const OUR_ROW = { id: OURS.id, orgId: A, number: OURS.number };
const UNKNOWN = '7f1e7f1e-0000-4000-8000-00000000abcd';

describe('The application', () => {
  let application: Application;
  let alice: Client;
  let carol: Client;

  before(async () => {
    application = await Application.start();
    [alice, carol] = [await application.as('alice'), await application.as('carol')];
  });
  after(() => application.close());
  beforeEach(() => tables.reset());
  afterEach(() => mock.restoreAll());

  test('lists the invoices of the organization that path, query, header, argument or message names', async () => {
    const list = [{ ...OUR_ROW, cents: OURS.cents }];
    for (const { body } of [
      await alice.http('GET', `/orgs/${A}/invoices`),
      await alice.http('GET', `/invoices?orgId=${A}`),
      await alice.http('GET', '/invoices/mine', { headers: { 'x-org-id': A } }),
      await alice.message('invoices.list', { orgId: A }),
    ]) {
      assert.deepEqual(body, list);
    }
    const query = 'query ($org: ID!) { invoices(orgId: $org) { id orgId number total } }';
    const { body } = await alice.graphql(query, { org: A });
    assert.deepEqual(body, { data: { invoices: [{ ...OUR_ROW, total: OURS.cents }] } });
  });

  test('writes, changes and removes invoices with their lines', async () => {
    const created = await alice.http('POST', `/orgs/${A}/invoices`, {
      body: { number: 'N-1', lines: [{ cents: 5 }, { cents: -2 }] },
    });
    const { id, ...rest } = created.body as { id: string };
    assert.deepEqual(rest, { orgId: A, number: 'N-1', cents: 3 });
    const path = `/orgs/${A}/invoices/${id}`;
    await alice.http('POST', `${path}/lines`, { body: { cents: 10 } });
    await alice.http('PATCH', path, { body: { number: 'N-2' } });
    assert.deepEqual(await alice.message('invoices.find', { orgId: A, id }), {
      status: 'OK',
      body: { id, orgId: A, number: 'N-2', cents: 13 },
    });
    assert.equal((await alice.http('DELETE', path)).status, 204);
    assert.equal((await alice.http('GET', path)).status, 404);
  });

  test('writes with each of the other organization sources', async () => {
    const invoice = { number: 'N-1', lines: [{ cents: 5 }] };
    const byBody = await alice.http('POST', '/invoices', { body: { ...invoice, orgId: A } });
    assert.equal(byBody.status, 201);
    const byMessage = { orgId: A, invoice: { ...invoice, number: 'N-2' } };
    assert.equal((await alice.message('invoices.create', byMessage)).status, 'OK');
    const lines = await alice.http('POST', `/invoices/${OURS.id}/lines`, { body: { cents: 1 } });
    assert.equal(lines.status, 201);
    const mutation = `mutation ($org: ID!, $invoice: InvoiceInput!) {
      createInvoice(orgId: $org, invoice: $invoice) { total }
      addLine(orgId: $org, invoiceId: "${OURS.id}", line: { cents: 1 }) { total }
    }`;
    const variables = { org: A, invoice: { ...invoice, number: 'N-3' } };
    assert.deepEqual((await alice.graphql(mutation, variables)).body, {
      data: { createInvoice: { total: 5 }, addLine: { total: OURS.cents + 2 } },
    });
    const rows = (await tables.ofA()) as { number: string }[];
    assert.deepEqual(
      rows.map(({ number }) => number),
      ['A-1', 'N-1', 'N-2', 'N-3'],
    );
  });

  test('each alias and each field of an operation uses its own organization', async () => {
    const { body } = await carol.graphql(`{
      b: invoices(orgId: "${B}") { orgId total }
      a: invoices(orgId: "${A}") { orgId total }
      again: invoices(orgId: "${B}") { orgId total }
    }`);
    const a = [{ orgId: A, total: OURS.cents }];
    const b = [
      { orgId: B, total: THEIRS.cents },
      { orgId: B, total: TAKEN.cents },
    ];
    assert.deepEqual(body, { data: { b, a, again: b } });
  });

  test('200 concurrent requests for two organizations get their own rows', async () => {
    const numbers = await Promise.all(
      Array.from({ length: 200 }, async (_, index) => {
        const { body } = await carol.http('GET', `/orgs/${index % 2 ? A : B}/invoices`);
        return (body as { number: string }[]).map(({ number }) => number).join();
      }),
    );
    assert.deepEqual([...new Set(numbers.filter((_, index) => index % 2))], [OURS.number]);
    const ofB = [THEIRS.number, TAKEN.number].join();
    assert.deepEqual([...new Set(numbers.filter((_, index) => index % 2 === 0))], [ofB]);
  });

  test('/invoices/:id loads the row once, for the guard and for the handler', async () => {
    const query = mock.method(PostgresClient.prototype, 'query');
    const { body } = await alice.http('GET', `/invoices/${OURS.id}`);
    assert.deepEqual(body, OUR_ROW);
    const statements = query.mock.calls.map(({ arguments: [statement] }) =>
      typeof statement === 'string' ? statement : (statement as unknown as QueryConfig).text,
    );
    assert.equal(statements.filter((statement) => /find_invoice/.test(statement)).length, 1);
    assert.deepEqual(
      statements.filter((statement) => !/find_invoice/.test(statement)),
      [],
    );
  });

  test('/invoices/:id returns the same 403 for the invoice of another organization, an unknown id and a malformed one', async () => {
    const theirs = await alice.http('GET', `/invoices/${THEIRS.id}`);
    assert.equal(theirs.status, 403);
    assert.deepEqual(await alice.http('GET', `/invoices/${UNKNOWN}`), theirs);
    assert.deepEqual(await alice.http('GET', '/invoices/malformed'), theirs);
  });

  test('a number that the organization already uses returns 409, and the transaction writes nothing', async () => {
    const body = { number: OURS.number, lines: [{ cents: 5 }] };
    assert.equal((await alice.http('POST', `/orgs/${A}/invoices`, { body })).status, 409);
    const message = { orgId: A, invoice: body };
    assert.equal((await alice.message('invoices.create', message)).status, 409);
    assert.deepEqual(await tables.ofA(), [OURS]);
  });
});

test('Every handler has a rule with an organization source', async (t) => {
  const application = await Application.start();
  t.after(() => application.close());
  const inPath = 'members of the org in path orgId';
  const inArgument = 'members of the org in argument orgId';
  const inMessage = 'members of the org in message orgId';
  expectAccess(application.app).toEqual({
    'GET /orgs/:orgId/invoices': inPath,
    'POST /orgs/:orgId/invoices': inPath,
    'GET /orgs/:orgId/invoices/:id': inPath,
    'PATCH /orgs/:orgId/invoices/:id': inPath,
    'DELETE /orgs/:orgId/invoices/:id': inPath,
    'POST /orgs/:orgId/invoices/:id/lines': inPath,
    'GET /invoices': 'members of the org in query orgId',
    'GET /invoices/mine': 'members of the org in header x-org-id',
    'POST /invoices': 'members of the org in body orgId',
    'GET /invoices/:id': 'members of the org found by path id',
    'POST /invoices/:id/lines': 'members of the org found by path id',
    'Query.invoices': inArgument,
    'Query.invoice': inArgument,
    'Mutation.createInvoice': inArgument,
    'Mutation.addLine': inArgument,
    'message invoices.list': inMessage,
    'message invoices.find': inMessage,
    'message invoices.create': inMessage,
  });
});

/** Whether the path of a route names an invoice, whose organization is that of its row. */
const isOfInvoice = (path?: string) => path?.startsWith('/invoices/:id') === true;

test('The guard allows exactly the callers that these rules name', async (t) => {
  await tables.reset();
  const application = await Application.start((builder) => overridePropelAuth(builder, { issuer }));
  t.after(() => application.close());
  const { notTried } = await expectAccess(application.app).toHold({
    orgFor: ({ path }) => (isOfInvoice(path) ? A : undefined),
    argsFor: ({ path }) => (isOfInvoice(path) ? { params: { id: OURS.id } } : undefined),
  });
  assert.deepEqual(
    notTried.map(({ name }) => name.split(' (')[0]),
    ['message invoices.create', 'message invoices.find', 'message invoices.list'],
  );
});
