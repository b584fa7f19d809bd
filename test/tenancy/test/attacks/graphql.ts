import { A, B, OURS, THEIRS } from '../tenants.js';
import { ASSIGNED, type Attack, leftToPolicies, member, NEW, outsider } from './attack.js';

const FIELDS = '{ id orgId number total }';
const graphql =
  (query: string, variables = {}): Attack['send'] =>
  (client) =>
    client.graphql(query, variables);

export const graphqlAttacks: readonly Attack[] = [
  outsider('argument', 'FORBIDDEN', graphql(`{ invoices(orgId: "${B}") ${FIELDS} }`)),
  outsider(
    'variable',
    'FORBIDDEN',
    graphql(`query ($org: ID!) { invoices(orgId: $org) ${FIELDS} }`, { org: B }),
  ),
  outsider(
    'default of a variable',
    'FORBIDDEN',
    graphql(`query ($org: ID = "${B}") { invoices(orgId: $org) ${FIELDS} }`),
  ),
  outsider(
    'alias beside our own',
    'FORBIDDEN',
    graphql(`{ a: invoices(orgId: "${A}") ${FIELDS} b: invoices(orgId: "${B}") ${FIELDS} }`),
  ),
  outsider(
    'alias before our own',
    'FORBIDDEN',
    graphql(
      `{ b: invoice(orgId: "${B}", id: "${THEIRS.id}") ${FIELDS} a: invoices(orgId: "${A}") ${FIELDS} }`,
    ),
  ),
  outsider(
    'alias in a fragment',
    'FORBIDDEN',
    graphql(
      `{ ...F a: invoices(orgId: "${A}") ${FIELDS} } fragment F on Query { b: invoices(orgId: "${B}") ${FIELDS} }`,
    ),
  ),
  outsider(
    'mutation',
    'FORBIDDEN',
    graphql(`mutation { createInvoice(orgId: "${B}", invoice: { number: "N-1" }) ${FIELDS} }`),
  ),
  outsider(
    'mutation beside our own',
    'FORBIDDEN',
    graphql(
      `mutation { a: createInvoice(orgId: "${A}", invoice: { number: "N-1" }) ${FIELDS} b: createInvoice(orgId: "${B}", invoice: { number: "N-1" }) ${FIELDS} }`,
    ),
  ),
  outsider(
    'mutation of a line',
    'FORBIDDEN',
    graphql(
      `mutation { addLine(orgId: "${B}", invoiceId: "${THEIRS.id}", line: { cents: 1 }) ${FIELDS} }`,
    ),
  ),
  member(
    'argument, twice',
    'GRAPHQL_VALIDATION_FAILED',
    graphql(`{ invoices(orgId: "${A}", orgId: "${B}") ${FIELDS} }`),
  ),
  member(
    'one field with two organizations',
    'GRAPHQL_VALIDATION_FAILED',
    graphql(`{ invoices(orgId: "${A}") ${FIELDS} invoices(orgId: "${B}") ${FIELDS} }`),
  ),
  member(
    'variable with a list',
    'BAD_USER_INPUT',
    graphql(`query ($org: ID!) { invoices(orgId: $org) ${FIELDS} }`, { org: [A, B] }),
  ),
  leftToPolicies(
    "argument of A, and B's invoice",
    404,
    graphql(`{ invoice(orgId: "${A}", id: "${THEIRS.id}") ${FIELDS} }`),
  ),
  leftToPolicies(
    "argument of A, and B's invoice in upper case",
    404,
    graphql(`{ invoice(orgId: "${A}", id: "${THEIRS.id.toUpperCase()}") ${FIELDS} }`),
  ),
  member(
    "argument of A, and a line for B's invoice",
    404,
    graphql(
      `mutation { addLine(orgId: "${A}", invoiceId: "${THEIRS.id}", line: { cents: 1 }) ${FIELDS} }`,
    ),
  ),
  member(
    'argument of A, and B in the invoice',
    'GRAPHQL_VALIDATION_FAILED',
    graphql(
      `mutation { createInvoice(orgId: "${A}", invoice: { number: "N-1", orgId: "${B}" }) ${FIELDS} }`,
    ),
  ),
  member(
    'argument of A, and B in the variable of an invoice',
    'BAD_USER_INPUT',
    graphql(
      `mutation ($invoice: InvoiceInput!) { createInvoice(orgId: "${A}", invoice: $invoice) ${FIELDS} }`,
      { invoice: { ...NEW, ...ASSIGNED } },
    ),
  ),
  member(
    'argument of A, and B in a line',
    'BAD_USER_INPUT',
    graphql(
      `mutation ($line: LineInput!) { addLine(orgId: "${A}", invoiceId: "${OURS.id}", line: $line) ${FIELDS} }`,
      { line: { cents: 5, ...ASSIGNED } },
    ),
  ),
  leftToPolicies('argument of A, and B in the query and the header', 'OK', async (client) => {
    const { body } = await client.http('POST', `/graphql?orgId=${B}`, {
      body: { query: `{ invoices(orgId: "${A}") ${FIELDS} }`, variables: { orgId: B } },
      headers: { 'x-org-id': B },
    });
    return { status: 'data' in (body as object) ? 'OK' : 'no data', body };
  }),
];
