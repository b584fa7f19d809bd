import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { PropelAuthGuard } from 'nestjs-propelauth';
import { Application, type Client } from './application.js';
import type { Attack } from './attacks/attack.js';
import { graphqlAttacks } from './attacks/graphql.js';
import { httpAttacks } from './attacks/http.js';
import { messageAttacks } from './attacks/messages.js';
import { A, B, OURS, seenOfB, Tables, THEIRS } from './tenants.js';

const attacks = [...httpAttacks, ...graphqlAttacks, ...messageAttacks];
const tables = new Tables();
after(() => tables.close());

/** What an attack has shown and changed. */
async function outcomeOf({ send }: Attack, client: Client) {
  await tables.reset();
  const initial = await tables.notOfA();
  const { status, body } = await send(client);
  return { status, seen: seenOfB(body), changed: (await tables.notOfA()) !== initial };
}

test('SECURITY.md states the number of attacks', () => {
  const security = readFileSync('../../SECURITY.md', 'utf8');
  const [, figure] = /^\| attacks on the rows of another organization +\| +(\d+) +\|/m.exec(
    security,
  )!;
  assert.equal(Number(figure), attacks.length);
});

test('The responses to a member of B count as seen', async (t) => {
  await tables.reset();
  const application = await Application.start();
  t.after(() => application.close());
  const bob = await application.as('bob');
  for (const answer of [
    await bob.http('GET', `/orgs/${B}/invoices`),
    await bob.http('GET', `/invoices/${THEIRS.id}`),
    await bob.graphql(`{ invoices(orgId: "${B}") { orgId } }`),
    await bob.graphql(`{ invoices(orgId: "${B}") { total } }`),
    await bob.message('invoices.list', { orgId: B }),
  ]) {
    assert.notDeepEqual(seenOfB(answer.body), []);
  }
});

for (const change of [
  `update invoices set number = 'X' where id = '${THEIRS.id}'`,
  `update invoice_lines set cents = 1 where invoice_id = '${THEIRS.id}'`,
  `insert into invoice_lines (org_id, invoice_id, cents) values ('${B}', '${THEIRS.id}', 1)`,
  `insert into invoices (org_id, number) values ('${B}', 'X')`,
  `insert into invoices (org_id, number) values ('another', 'X')`,
  `delete from invoices where id = '${THEIRS.id}'`,
  `delete from invoice_lines where invoice_id = '${OURS.id}';
   update invoices set org_id = '${B}' where id = '${OURS.id}'`,
]) {
  test(`This counts as a change: ${change}`, async () => {
    await tables.reset();
    const initial = await tables.notOfA();
    await tables.change(change);
    assert.notEqual(await tables.notOfA(), initial);
    await tables.reset();
  });
}

describe('Rows of B seen and changed: 0', () => {
  let application: Application;
  let alice: Client;
  let carol: Client;

  before(async () => {
    application = await Application.start();
    [alice, carol] = [await application.as('alice'), await application.as('carol')];
  });
  after(() => application.close());

  for (const attack of attacks) {
    test(attack.name, async () => {
      const nothing = { status: attack.status, seen: [], changed: false };
      assert.deepEqual(await outcomeOf(attack, alice), nothing);
      if (attack.by === 'member') assert.deepEqual(await outcomeOf(attack, carol), nothing);
    });
  }
});

describe('Without policies', () => {
  test('exactly the attacks that only policies prevent succeed', async (t) => {
    const application = await Application.start();
    t.after(() => application.close());
    const alice = await application.as('alice');
    const successful: string[] = [];
    await tables.withoutPolicies(async () => {
      for (const attack of attacks) {
        const { seen, changed } = await outcomeOf(attack, alice);
        if (seen.length > 0 || changed) successful.push(attack.name);
      }
    });
    const leftToPolicies = attacks.filter(({ isLeftToPolicies }) => isLeftToPolicies);
    assert.deepEqual(
      successful,
      leftToPolicies.map(({ name }) => name),
    );
  });
});

describe('With a guard that allows every call', () => {
  test('no attack shows or changes a row of B or of A: no caller has an organization', async (t) => {
    const application = await Application.start((builder) =>
      builder.overrideProvider(PropelAuthGuard).useValue({ canActivate: () => true }),
    );
    t.after(() => application.close());
    const alice = await application.as('alice');
    for (const attack of attacks) {
      const { seen, changed } = await outcomeOf(attack, alice);
      assert.deepEqual({ seen, changed }, { seen: [], changed: false }, attack.name);
      assert.deepEqual(await tables.ofA(), [OURS], attack.name);
    }
    assert.equal((await alice.http('GET', `/orgs/${A}/invoices`)).status, 500);
  });
});
