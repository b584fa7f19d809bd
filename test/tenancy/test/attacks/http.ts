import { A, B, OURS, TAKEN, THEIRS } from '../tenants.js';
import { ASSIGNED, type Attack, leftToPolicies, member, NEW, outsider } from './attack.js';

const get =
  (path: string, headers = {}): Attack['send'] =>
  (client) =>
    client.http('GET', path, { headers });
const post =
  (path: string, body: unknown, headers = {}): Attack['send'] =>
  (client) =>
    client.http('POST', path, { body, headers });

/** Each character of ASCII as %XX. */
const encoded = (id: string) => Buffer.from(id).toString('hex').replaceAll(/../g, '%$&');
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

const ours = `/orgs/${A}/invoices`;
const theirs = `/orgs/${B}/invoices`;
const ourInvoice = `/invoices/${OURS.id}`;
const theirInvoice = `/invoices/${THEIRS.id}`;

/** Handlers look for a row with the id. The foreign key protects the lines also without policies. */
const withId = (id: string) => (id.toLowerCase() === THEIRS.id ? leftToPolicies : member);

export const httpAttacks: readonly Attack[] = [
  // The path
  outsider('path', 403, get(theirs)),
  outsider('path, with the id of B', 403, get(`${theirs}/${THEIRS.id}`)),
  outsider('path, with the id of A', 403, get(`${theirs}/${OURS.id}`)),
  outsider('path, encoded', 403, get(`/orgs/${encoded(B)}/invoices`)),
  outsider('path, written to', 403, post(theirs, NEW)),
  outsider('path, renamed', 403, (client) =>
    client.http('PATCH', `${theirs}/${THEIRS.id}`, { body: { number: 'X' } }),
  ),
  outsider('path, deleted', 403, (client) => client.http('DELETE', `${theirs}/${THEIRS.id}`)),
  outsider('path, and A in the query', 403, get(`${theirs}?orgId=${A}`)),
  outsider('path, and A in the header', 403, get(theirs, { 'x-org-id': A })),
  outsider('path, and A in the body', 403, post(theirs, { ...NEW, orgId: A })),
  member('path in upper case', 403, get(`/orgs/${B.toUpperCase()}/invoices`)),
  member('path, encoded twice', 403, get(`/orgs/${encoded(encoded(B))}/invoices`)),
  member('path that goes up', 404, get(`/orgs/${A}/..%2f${B}/invoices`)),
  member('path that goes up, in one part', 403, get(`/orgs/${A}%2f..%2f${B}/invoices`)),
  member('path with two ids', 403, get(`/orgs/${A},${B}/invoices`)),
  member('path with a zero byte', 403, get(`/orgs/${B}%00/invoices`)),
  member('path with a matrix parameter', 403, get(`/orgs/${A};orgId=${B}/invoices`)),
  leftToPolicies('the path of A, and B in the query', 200, get(`${ours}?orgId=${B}&org_id=${B}`)),
  leftToPolicies('the path of A, and B in the header', 200, get(ours, { 'x-org-id': B })),

  // Ids
  ...(
    [
      ["B's invoice", THEIRS.id, 404],
      ["B's invoice in upper case", THEIRS.id.toUpperCase(), 404],
      ['a random id', '7f1e7f1e-0000-4000-8000-00000000abcd', 404],
      ['a malformed id', 'b1b1b1b1', 400],
      ["B's invoice in braces, which PostgreSQL takes", `%7B${THEIRS.id}%7D`, 400],
      ["B's invoice without hyphens, which PostgreSQL takes", THEIRS.id.replaceAll('-', ''), 400],
      ['SQL', encoded(`' or org_id = '${B}`), 400],
    ] as const
  ).flatMap(([what, id, status]) => [
    withId(id)(`${what}, read`, status, get(`${ours}/${id}`)),
    withId(id)(`${what}, renamed`, status, (client) =>
      client.http('PATCH', `${ours}/${id}`, { body: { number: 'X', ...ASSIGNED } }),
    ),
    member(`${what}, given a line`, status, post(`${ours}/${id}/lines`, { cents: 1, orgId: B })),
    withId(id)(`${what}, deleted`, status, (client) => client.http('DELETE', `${ours}/${id}`)),
  ]),

  // What a body assigns
  member("an invoice with B's ids", 201, post(ours, { ...NEW, ...ASSIGNED })),
  member("lines with B's ids", 201, post(ours, { ...NEW, lines: [{ cents: 5, ...ASSIGNED }] })),
  member(
    "an invoice inside of an invoice, with B's ids",
    201,
    post(ours, { ...NEW, invoice: ASSIGNED }),
  ),
  member("a line with B's ids", 201, post(`${ours}/${OURS.id}/lines`, { cents: 5, ...ASSIGNED })),
  member("a new number with B's ids", 200, (client) =>
    client.http('PATCH', `${ours}/${OURS.id}`, { body: { number: 'A-2', ...ASSIGNED } }),
  ),
  member('a prototype', 201, post(ours, `{"number":"N-1","__proto__":{"orgId":"${B}"}}`)),
  member('lines that are lists', 400, post(ours, { ...NEW, lines: [[5, THEIRS.id, B]] })),
  member('SQL in a number', 400, post(ours, { number: `x'); set app.org_id = '${B}'; --` })),
  member('a number that B has', 201, post(ours, { ...NEW, number: TAKEN.number })),
  member("the upsert of B's invoice", 201, post(ours, { ...NEW, ...TAKEN })),
  member('the rename to a number that B has', 200, (client) =>
    client.http('PATCH', `${ours}/${OURS.id}`, { body: { number: TAKEN.number } }),
  ),

  // The query
  outsider('query', 403, get(`/invoices?orgId=${B}`)),
  outsider('query, encoded', 403, get(`/invoices?${encoded('orgId')}=${encoded(B)}`)),
  outsider('query, and A in the header', 403, get(`/invoices?orgId=${B}`, { 'x-org-id': A })),
  ...[
    `orgId=${A}&orgId=${B}`,
    `orgId=${B}&orgId=${A}`,
    `orgId[]=${B}`,
    `orgId[0]=${A}&orgId[1]=${B}`,
    `orgId[orgId]=${B}`,
    `orgid=${B}`,
    `ORGID=${B}`,
    `orgId=${B.toUpperCase()}`,
    `orgId=${A},${B}`,
    `orgId=${A}%20${B}`,
    `orgId=%20${B}`,
    `orgId=${B}%00`,
    `orgId=${encoded(encoded(B))}`,
    `org_id=${B}`,
    `__proto__[orgId]=${B}`,
  ].map((query) =>
    member(`query ${query.replaceAll(A, 'A').replaceAll(B, 'B')}`, 403, get(`/invoices?${query}`)),
  ),
  leftToPolicies(
    'query of A, and B in the header',
    200,
    get(`/invoices?orgId=${A}`, { 'x-org-id': B }),
  ),
  leftToPolicies(
    'query of A, and B under other names',
    200,
    get(`/invoices?orgId=${A}&orgid=${B}&id=${THEIRS.id}`),
  ),
  leftToPolicies('query of A, and B in a body', 200, (client) =>
    client.http('GET', `/invoices?orgId=${A}`, { body: { orgId: B } }),
  ),

  // The header
  outsider('header', 403, get('/invoices/mine', { 'x-org-id': B })),
  outsider('header in upper case', 403, get('/invoices/mine', { 'X-ORG-ID': B })),
  outsider('header, and A in the query', 403, get(`/invoices/mine?orgId=${A}`, { 'x-org-id': B })),
  member('header, twice', 403, get('/invoices/mine', { 'x-org-id': [A, B] })),
  member('header, twice, B first', 403, get('/invoices/mine', { 'x-org-id': [B, A] })),
  member('header with two ids', 403, get('/invoices/mine', { 'x-org-id': `${A};${B}` })),
  member('header, encoded', 403, get('/invoices/mine', { 'x-org-id': encoded(B) })),
  member(
    'header with an id in upper case',
    403,
    get('/invoices/mine', { 'x-org-id': B.toUpperCase() }),
  ),
  member('header under another name', 403, get('/invoices/mine', { x_org_id: B, 'x-orgid': B })),
  leftToPolicies(
    'header of A, and B in the query',
    200,
    get(`/invoices/mine?orgId=${B}`, { 'x-org-id': A }),
  ),
  leftToPolicies(
    'header of A, and B under another name',
    200,
    get('/invoices/mine', { 'x-org-id': A, x_org_id: B }),
  ),

  // The body
  outsider('body', 403, post('/invoices', { ...NEW, orgId: B })),
  outsider(
    'body, twice, B last',
    403,
    post('/invoices', `{"orgId":"${A}","number":"N-1","orgId":"${B}"}`),
  ),
  outsider('body with escapes', 403, post('/invoices', `{"org\\u0049d":"${B}","number":"N-1"}`)),
  outsider('body that is a form', 403, post('/invoices', `orgId=${B}&number=N-1`, FORM)),
  outsider(
    'body, and A in the query and the header',
    403,
    post(`/invoices?orgId=${A}`, { ...NEW, orgId: B }, { 'x-org-id': A }),
  ),
  member('body with a list', 403, post('/invoices', { ...NEW, orgId: [B] })),
  member('body with a list of two', 403, post('/invoices', { ...NEW, orgId: [A, B] })),
  member('body with an object', 403, post('/invoices', { ...NEW, orgId: { orgId: B } })),
  member(
    'body with an id in upper case',
    403,
    post('/invoices', { ...NEW, orgId: B.toUpperCase() }),
  ),
  member('body with another name', 403, post('/invoices', { ...NEW, orgid: B, org_id: B })),
  member(
    'body with a prototype',
    403,
    post('/invoices', `{"__proto__":{"orgId":"${B}"},"number":"N-1"}`),
  ),
  member('body that is a list', 403, post('/invoices', [{ ...NEW, orgId: B }])),
  member(
    'body that is a form, twice',
    403,
    post('/invoices', `orgId=${A}&orgId=${B}&number=N-1`, FORM),
  ),
  member(
    'body, twice, A last',
    201,
    post('/invoices', `{"orgId":"${B}","number":"N-1","orgId":"${A}"}`),
  ),
  member(
    "body of A, and B's ids in it",
    201,
    post('/invoices', { ...NEW, ...ASSIGNED, orgId: A, lines: [{ cents: 5, ...ASSIGNED }] }),
  ),
  member(
    'body of A, and B in the query and the header',
    201,
    post(`/invoices?orgId=${B}`, { ...NEW, orgId: A }, { 'x-org-id': B }),
  ),

  // The invoice itself
  outsider('invoice', 403, get(theirInvoice)),
  outsider('invoice in upper case', 403, get(`/invoices/${THEIRS.id.toUpperCase()}`)),
  outsider(
    'invoice, and A in the query and the header',
    403,
    get(`${theirInvoice}?orgId=${A}`, { 'x-org-id': A }),
  ),
  outsider('invoice, given a line', 403, post(`${theirInvoice}/lines`, { cents: 1 })),
  outsider(
    "invoice, given a line with A's ids",
    403,
    post(`${theirInvoice}/lines`, { cents: 1, orgId: A, id: OURS.id }),
  ),
  member('invoice that does not exist', 403, get('/invoices/7f1e7f1e-0000-4000-8000-00000000abcd')),
  member('invoice with a malformed id', 403, get('/invoices/b1b1b1b1')),
  member('invoice in braces', 403, get(`/invoices/%7B${THEIRS.id}%7D`)),
  member('invoice with SQL', 403, get(`/invoices/${encoded(`' or org_id = '${B}`)}`)),
  member(
    "our invoice, and B's in the query and the header",
    200,
    get(`${ourInvoice}?id=${THEIRS.id}&orgId=${B}`, { 'x-org-id': B }),
  ),
  member(
    "our invoice, given a line with B's ids",
    201,
    post(`${ourInvoice}/lines`, { cents: 5, ...ASSIGNED }),
  ),
];
