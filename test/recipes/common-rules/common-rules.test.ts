import assert from 'node:assert/strict';
import { afterEach, before, beforeEach, describe, test } from 'node:test';
import { Controller, Get, Param } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { type EvaluationContext, InMemoryProvider, OpenFeature } from '@openfeature/server-sdk';
import { PropelAuthModule, RequireOrgMember } from 'nestjs-propelauth';
import {
  accessTable,
  expectAccess,
  overridePropelAuth,
  TestIssuer,
  type TestUser,
} from 'nestjs-propelauth/testing';
import request from 'supertest';
import { AddressRule, listOf, RequireAllowedAddress } from './address.rule.js';
import { FlagRule, RequireFlag } from './flag.rule.js';
import { OrgSettings } from './org-settings.js';
import { ApprovedRule, ApproverRule, TransfersController } from './transfers.controller.js';
import { TransferLoader, Transfers } from './transfers.js';

const ACME_ID = '6b0c9a5e-3f0d-4c58-9d8c-1a2b3c4d5e6f';
const GLOBEX_ID = 'f2a7c1d4-8e3b-4b6a-a1c9-0d9e8f7a6b5c';
const inOrg = (orgId: string, role: string) => [{ orgId, orgName: 'Acme', role }];
const alice = { userId: 'user-alice', orgs: inOrg(ACME_ID, 'Admin') };
const adam = { userId: 'user-adam', orgs: inOrg(ACME_ID, 'Admin') };
const carol = { userId: 'user-carol', orgs: inOrg(ACME_ID, 'Member') };
const bob = { userId: 'user-bob', orgs: inOrg(GLOBEX_ID, 'Admin') };

@Controller('orgs/:orgId')
@RequireOrgMember()
class OrgController {
  @Get('settings')
  @RequireAllowedAddress()
  settings(@Param('orgId') orgId: string) {
    return { orgId };
  }

  @Get('exports')
  @RequireFlag('exports')
  exports(@Param('orgId') orgId: string) {
    return { orgId };
  }
}

let issuer: TestIssuer;
let app: NestExpressApplication;

before(async () => {
  issuer = await TestIssuer.create();
});

function build() {
  return Test.createTestingModule({
    imports: [PropelAuthModule.forRoot(issuer.moduleOptions)],
    controllers: [OrgController, TransfersController],
    providers: [
      AddressRule,
      ApprovedRule,
      ApproverRule,
      FlagRule,
      OrgSettings,
      TransferLoader,
      Transfers,
    ],
  });
}

beforeEach(async () => {
  const moduleRef = await build().compile();
  app = moduleRef.createNestApplication<NestExpressApplication>({ logger: false });
  await app.listen(0, '127.0.0.1');
});

afterEach(() => app.close());

/** The status, and the code of a rejection. */
async function answerTo(sent: request.Test, user: TestUser): Promise<unknown[]> {
  const { status, body } = await sent.auth(await issuer.accessToken(user), { type: 'bearer' });
  return [status, body.code].filter((part) => part !== undefined);
}

const approve = (user: TestUser, version = 1) =>
  answerTo(request(app.getHttpServer()).post('/transfers/7/approval').send({ version }), user);
const execute = (user: TestUser) =>
  answerTo(request(app.getHttpServer()).post('/transfers/7/execution'), user);

function settings(forwardedFor?: string) {
  const sent = request(app.getHttpServer()).get(`/orgs/${ACME_ID}/settings`);
  if (forwardedFor !== undefined) sent.set('X-Forwarded-For', forwardedFor);
  return answerTo(sent, carol);
}

const exports = (orgId: string, user: TestUser) =>
  answerTo(request(app.getHttpServer()).get(`/orgs/${orgId}/exports`), user);

test('the access table has the rules, and toHold() tries each', async () => {
  await app.close();
  const moduleRef = await overridePropelAuth(build(), { issuer }).compile();
  app = moduleRef.createNestApplication<NestExpressApplication>({ logger: false });
  await app.init();
  assert.deepEqual(accessTable(app), {
    'GET /orgs/:orgId/exports': 'members of the org in path orgId, feature exports',
    'GET /orgs/:orgId/settings': 'members of the org in path orgId, address',
    'POST /transfers/:transferId/approval':
      'Admin and above of the org found by transfer, not impersonated, not-requester, with transfer',
    'POST /transfers/:transferId/execution':
      'Admin and above of the org found by transfer, not impersonated, approved, with transfer',
  });
  const { tried } = await expectAccess(app).toHold();
  assert.equal(tried.length, 4);
});

describe('a transfer', () => {
  const row = { id: '7', orgId: ACME_ID, requestedBy: alice.userId, version: 1 };
  let transfers: Transfers;

  beforeEach(() => {
    transfers = app.get(Transfers);
    transfers.rows.set(row.id, row);
  });

  test('is executed after another Admin has approved it', async () => {
    assert.deepEqual(await execute(alice), [409, 'approval_missing']);
    assert.deepEqual(await approve(adam), [201]);
    assert.deepEqual(transfers.rows.get('7')?.approval, { by: adam.userId, version: 1 });
    assert.deepEqual(await execute(alice), [201]);
    assert.deepEqual(transfers.executed, ['7']);
  });

  test('is not approved by who requested it, nor by an employee who impersonates another', async () => {
    assert.deepEqual(await approve(alice), [403, 'own_request']);
    const [status] = await approve({ ...adam, impersonatorUserId: 'user-employee' });
    assert.equal(status, 403);
    assert.equal(transfers.rows.get('7'), row);
  });

  test('is not approved by Members, nor by Admins of another organization', async () => {
    for (const user of [carol, bob]) {
      const [status, code] = await approve(user);
      assert.equal(status, 403);
      assert.notEqual(code, 'own_request');
    }
    assert.equal(transfers.rows.get('7'), row);
  });

  test('of another organization is rejected as an unknown one', async () => {
    const theirs = await execute(bob);
    transfers.rows.clear();
    assert.deepEqual(await execute(bob), theirs);
    assert.equal(theirs[0], 403);
  });

  test('whose approval names who requested it is not executed', async () => {
    transfers.rows.set('7', { ...row, approval: { by: alice.userId, version: 1 } });
    assert.deepEqual(await execute(adam), [409, 'approval_missing']);
  });

  test('that has changed needs another approval, of what the approver has seen', async () => {
    await approve(adam);
    transfers.rows.set('7', { ...transfers.rows.get('7')!, version: 2 });
    assert.deepEqual(await execute(alice), [409, 'approval_missing']);
    assert.deepEqual(await approve(adam, 1), [409]);
    assert.deepEqual(await approve(adam, 2), [201]);
    assert.deepEqual(await execute(alice), [201]);
  });
});

describe('an organization with a list of addresses', () => {
  const DENIED = [403, 'address_not_allowed'];

  beforeEach(() => {
    app.get(OrgSettings).ranges.set(ACME_ID, ['203.0.113.0/24', '2001:db8::/32']);
  });

  test('without a list, all addresses are allowed', async () => {
    app.get(OrgSettings).ranges.clear();
    assert.deepEqual(await settings(), [200]);
  });

  test('an empty list allows none', async () => {
    app.get(OrgSettings).ranges.set(ACME_ID, []);
    assert.deepEqual(await settings(), DENIED);
  });

  test('the address of the connection counts, not that of X-Forwarded-For', async () => {
    assert.deepEqual(await settings(), DENIED);
    assert.deepEqual(await settings('203.0.113.7'), DENIED);
    app.get(OrgSettings).ranges.set(ACME_ID, ['127.0.0.0/8']);
    assert.deepEqual(await settings(), [200]);
  });

  test('behind one proxy, the address that it has seen counts', async () => {
    app.set('trust proxy', 1);
    for (const [forwardedFor, answer] of [
      ['203.0.113.7', [200]],
      ['::ffff:203.0.113.7', [200]],
      ['2001:db8:1::7', [200]],
      ['203.0.114.7', DENIED],
      ['::ffff:203.0.114.7', DENIED],
      ['2001:db9::7', DENIED],
      ['203.0.113.7, 198.51.100.1', DENIED],
      ['198.51.100.1, 203.0.113.7', [200]],
      ['unknown', DENIED],
    ] as const) {
      assert.deepEqual(await settings(forwardedFor), answer, forwardedFor);
    }
  });

  test('with `trust proxy: true`, clients choose their address', async () => {
    app.set('trust proxy', true);
    assert.deepEqual(await settings('203.0.113.7, 198.51.100.1'), [200]);
  });

  test('malformed ranges are errors, and let nobody in', async () => {
    for (const range of [
      '',
      '203.0.113.0',
      '203.0.113.0/',
      '203.0.113.0/33',
      'x/8',
      '2001:db8::/129',
    ]) {
      assert.throws(() => listOf([range]), range);
    }
    app.get(OrgSettings).ranges.set(ACME_ID, ['127.0.0.0/']);
    assert.deepEqual(await settings(), [500]);
  });

  test('members of other organizations are rejected first', async () => {
    const path = `/orgs/${ACME_ID}/settings`;
    const [status, code] = await answerTo(request(app.getHttpServer()).get(path), bob);
    assert.equal(status, 403);
    assert.notEqual(code, 'address_not_allowed');
  });
});

describe('a feature flag', () => {
  const asked: EvaluationContext[] = [];
  beforeEach(async () => {
    asked.length = 0;
    const provider = new InMemoryProvider({
      exports: {
        disabled: false,
        variants: { on: true, off: false },
        defaultVariant: 'off',
        contextEvaluator: (context) => {
          asked.push(context);
          return context.targetingKey === ACME_ID ? 'on' : 'off';
        },
      },
    });
    await OpenFeature.setProviderAndWait(provider);
  });

  test('is on for the organizations that have it', async () => {
    assert.deepEqual(await exports(ACME_ID, carol), [200]);
    assert.deepEqual(await exports(GLOBEX_ID, bob), [404, 'feature_disabled']);
    assert.deepEqual(asked, [
      { targetingKey: ACME_ID, userId: carol.userId },
      { targetingKey: GLOBEX_ID, userId: bob.userId },
    ]);
  });

  test('is off while the flag service fails, or does not know it', async () => {
    await OpenFeature.setProviderAndWait(new InMemoryProvider({}));
    assert.deepEqual(await exports(ACME_ID, carol), [404, 'feature_disabled']);
    class Failing extends InMemoryProvider {
      override resolveBooleanEvaluation(): never {
        throw new Error('connect ECONNREFUSED');
      }
    }
    await OpenFeature.setProviderAndWait(new Failing());
    assert.deepEqual(await exports(ACME_ID, carol), [404, 'feature_disabled']);
  });
});
