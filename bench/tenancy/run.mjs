/**
 * What `CallerContext` and a transaction of a tenant cost a request. README.md says how to run it, and what is compared.
 */
import { resolve } from 'node:path';
import process from 'node:process';
import pg from '../../test/tenancy/node_modules/pg/lib/index.js';
import { startPostgres } from '../../test/examples/postgres.mjs';
import { endChild, nextMessage, startChild } from '../child-process.mjs';
import { ratio } from '../ratio.mjs';
import { median } from '../statistics.mjs';
import { ISSUER, Issuer } from '../tokens/issuer.mjs';
import { claimsOfPerson } from '../tokens/person.mjs';

const ROUNDS = 6;
const WARM_UP = { turns: 4, connectionCount: 20, warmUpSeconds: 0.05, seconds: 0.45 };
const MEASURED = { turns: 5, connectionCount: 20, warmUpSeconds: 0.05, seconds: 0.4 };

/** The applications of server.mjs, and which one each is compared with. */
const ROWS = [
  { id: 'guard', label: '`@RequireOrgMember()`, no query' },
  { id: 'cls', label: 'the same with `ClsModule`, not mounted', baseline: 'guard' },
  { id: 'caller', label: 'the same with `CallerContext`', baseline: 'guard' },
  { id: 'query', label: 'one query with `where org_id = …`, no policy' },
  { id: 'tenant', label: 'the same query in `Tenant.run()`', baseline: 'query' },
];

const SQL = resolve(import.meta.dirname, '../../test/tenancy/sql');

const node = { execPath: process.execPath };
const person = claimsOfPerson(0);
const [orgId] = Object.keys(person.org_id_to_org_member_info);

const postgres = await startPostgres();
try {
  await prepareDatabase();
  report(await measure());
} finally {
  await postgres.stop();
}

async function prepareDatabase() {
  postgres.run('postgres', resolve(SQL, '1-roles.sql'));
  postgres.run('tenancy_owner', resolve(SQL, '2-tables.sql'));
  const client = new pg.Client({ connectionString: postgres.url('postgres') });
  await client.connect();
  await client.query(
    `insert into invoices (org_id, number)
      select org, 'R-' || n from unnest(array[$1, 'another']) org, generate_series(1, 20) n`,
    [orgId],
  );
  await client.end();
}

async function measure() {
  const issuer = new Issuer();
  const tokens = [await issuer.accessToken(person)];
  const verification = JSON.stringify({ verifierKey: issuer.publicKeyPem, issuer: ISSUER });
  const clients = startChild(node, './load/load-process.mjs');
  const results = new Map(ROWS.map(({ id }) => [id, { turns: [] }]));
  try {
    for (let round = 1; round <= ROUNDS; round++) {
      console.error(`round ${round} of ${ROUNDS}`);
      const servers = [];
      try {
        for (const { id } of round % 2 === 1 ? ROWS : ROWS.toReversed()) {
          servers.push({ id, ...(await startServer(id, verification)) });
        }
        await takeTurns(servers, WARM_UP, { clients, tokens, onResult: () => {} });
        const onResult = (id, result) => results.get(id).turns.push(result);
        await takeTurns(servers, MEASURED, { clients, tokens, onResult });
      } finally {
        for (const { child } of servers) await endChild(child);
      }
    }
  } finally {
    await endChild(clients);
  }
  return results;
}

async function startServer(id, verification) {
  const databases = JSON.stringify({
    query: postgres.url('postgres'),
    tenant: postgres.url('tenancy_app'),
  });
  const child = startChild(node, './tenancy/server.mjs', { args: [id, verification, databases] });
  const { port } = await nextMessage(child);
  return { child, port };
}

async function takeTurns(servers, { turns, ...load }, { clients, tokens, onResult }) {
  for (let turn = 0; turn < turns; turn++) {
    // Every other time in reverse, so that no application is always right after the same one.
    for (const { id, port } of turn % 2 === 0 ? servers : servers.toReversed()) {
      const answer = nextMessage(clients);
      clients.send({ port, path: `/orgs/${orgId}/invoices`, tokens, ...load });
      onResult(id, await answer);
    }
  }
}

function report(results) {
  console.log('| application | requests per second | p99 | ratio |\n| --- | --- | --- | --- |');
  for (const { id, label, baseline } of ROWS) {
    const { turns } = results.get(id);
    const perSecond = Math.round(median(turns.map(({ requestsPerSecond }) => requestsPerSecond)));
    const p99 = median(turns.map(({ p99Milliseconds }) => p99Milliseconds)).toFixed(2);
    const compared = baseline === undefined ? '' : ratio(results, id, baseline).toFixed(2);
    console.log(`| ${label} | ${perSecond} | ${p99} ms | ${compared} |`);
  }
}
