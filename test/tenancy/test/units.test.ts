import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { TestingModule } from '@nestjs/testing';
import { TransactionHost } from '@nestjs-cls/transactional';
import { CallerContext, type OrgScope } from 'nestjs-propelauth/cls';
import { Invoices } from '../src/data/invoices.js';
import { ASSIGNED } from './attacks/attack.js';
import { startData } from './support.js';
import { A, B, OURS, seenOfB, Tables, TAKEN, THEIRS } from './tenants.js';

/** A call of `Invoices` with ids that no guard has checked. */
interface UnitAttack {
  readonly name: string;
  readonly isLeftToPolicies: boolean;
  readonly send: (invoices: Invoices, org: OrgScope) => Promise<unknown>;
}

const THEIRS_IN_UPPER_CASE = THEIRS.id.toUpperCase();
const BRACES = `{${THEIRS.id}}`;
const SQL = `' or org_id = '${B}`;

const attack = (
  name: string,
  send: UnitAttack['send'],
  { isLeftToPolicies = false } = {},
): UnitAttack => ({ name, send, isLeftToPolicies });
const leftToPolicies = { isLeftToPolicies: true };

const attacks: readonly UnitAttack[] = [
  attack('list()', (invoices, org) => invoices.list(org), leftToPolicies),
  ...[THEIRS.id, THEIRS_IN_UPPER_CASE, BRACES].flatMap((id) => [
    attack(`find(${id})`, (invoices, org) => invoices.find(org, id), leftToPolicies),
    attack(`rename(${id})`, (invoices, org) => invoices.rename(org, id, 'X'), leftToPolicies),
    attack(`remove(${id})`, (invoices, org) => invoices.remove(org, id), leftToPolicies),
    attack(`addLine(${id})`, (invoices, org) => invoices.addLine(org, id, 1)),
  ]),
  ...[SQL, 'b1b1b1b1', ''].flatMap((id) => [
    attack(`find(${id})`, (invoices, org) => invoices.find(org, id)),
    attack(`rename(${id})`, (invoices, org) => invoices.rename(org, id, 'X')),
    attack(`remove(${id})`, (invoices, org) => invoices.remove(org, id)),
    attack(`addLine(${id})`, (invoices, org) => invoices.addLine(org, id, 1)),
  ]),
  attack('create() with a number that B has', (invoices, org) =>
    invoices.create(org, { number: TAKEN.number, lines: [1] }),
  ),
  ...[{ orgId: B }, { org_id: B }, { id: THEIRS.id }, ASSIGNED].map((assigned) =>
    attack(`create() with ${JSON.stringify(assigned)}`, (invoices, org) =>
      invoices.create(org, Object.assign({ number: 'N-1', lines: [] }, assigned)),
    ),
  ),
  attack('create() with SQL', (invoices, org) =>
    invoices.create(org, { number: `x'); set app.org_id = '${B}'; --`, lines: [1] }),
  ),
  attack('rename() to a number that B has', (invoices, org) =>
    invoices.rename(org, OURS.id, TAKEN.number),
  ),
  attack('rename() with SQL', (invoices, org) =>
    invoices.rename(org, OURS.id, `x', org_id = '${B}`),
  ),
];

const tables = new Tables();
after(() => tables.close());

describe('Invoices without a guard, as a member of A', () => {
  let application: TestingModule;
  let caller: CallerContext;
  let invoices: Invoices;

  before(async () => {
    application = await startData();
    caller = application.get(CallerContext, { strict: false });
    invoices = application.get(Invoices, { strict: false });
  });
  after(() => application.close());

  const as = <Result>(orgId: string, work: (org: OrgScope) => Promise<Result>) =>
    caller.run({ org: { orgId } }, () => work(caller.requireOrg()));

  async function outcomeOf({ send }: UnitAttack) {
    await tables.reset();
    const initial = await tables.notOfA();
    // An error is searched for values of B, too.
    const answer = await as(A, (org) => send(invoices, org)).catch((error: unknown) => error);
    return { seen: seenOfB(answer), changed: (await tables.notOfA()) !== initial };
  }

  for (const unitAttack of attacks) {
    test(`${unitAttack.name} shows and changes nothing of B`, async () => {
      assert.deepEqual(await outcomeOf(unitAttack), { seen: [], changed: false });
    });
  }

  test('without policies, the attacks that only policies prevent show or change rows of B', async () => {
    const successful: string[] = [];
    await tables.withoutPolicies(async () => {
      for (const unitAttack of attacks) {
        const { seen, changed } = await outcomeOf(unitAttack);
        if (seen.length > 0 || changed) successful.push(unitAttack.name);
      }
    });
    const expected = attacks.filter(({ isLeftToPolicies }) => isLeftToPolicies);
    assert.deepEqual(
      successful,
      expected.map(({ name }) => name),
    );
  });

  test('a transaction of A reads and writes nothing of B, even if a caller of B runs in it', async () => {
    await tables.reset();
    const initial = await tables.notOfA();
    const host = application.get(TransactionHost, { strict: false });
    await as(A, (org) =>
      host.withTransaction(async () => {
        await invoices.addLine(org, OURS.id, 1);
        const calls = [
          () => as(B, (theirs) => invoices.list(theirs)),
          () => as(B, (theirs) => invoices.create(theirs, { number: 'X', lines: [] })),
          () => as(B, (theirs) => invoices.remove(theirs, THEIRS.id)),
        ];
        for (const call of calls) await assert.rejects(call(), /another organization/);
        const own = await invoices.list(org);
        assert.deepEqual(
          own.map(({ number, cents }) => ({ number, cents })),
          [{ number: OURS.number, cents: OURS.cents + 1 }],
        );
      }),
    );
    assert.equal(await tables.notOfA(), initial);
  });

  test('find_invoice() returns only the organization, id and number of an invoice of B', async () => {
    await tables.reset();
    assert.deepEqual(
      { ...(await invoices.findAnywhere(THEIRS.id)) },
      { id: THEIRS.id, orgId: B, number: THEIRS.number },
    );
  });
});
