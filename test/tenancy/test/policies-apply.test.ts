import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { assertPoliciesApply } from '../src/data/policies-apply.js';
import { ROLES } from './catalogue.js';
import { APP_URL, connected, OWNER_URL, SUPERUSER_URL } from './database.js';
import { startData } from './support.js';

const EXEMPT = /^Error: Row-level security does not apply to "\w+", .* such as tenancy_app\.$/;

test('An application fails to start as a superuser', () =>
  assert.rejects(startData({ url: SUPERUSER_URL }), EXEMPT));

test('An application fails to start as the owner of the tables', () =>
  assert.rejects(startData({ url: OWNER_URL }), EXEMPT));

describe('assertPoliciesApply()', () => {
  test('accepts the role of the application', () => assertPoliciesApply(APP_URL));

  for (const [attribute, change] of Object.entries({
    BYPASSRLS: 'alter role exempt bypassrls',
    'the right to become the owner': `grant ${ROLES.owner} to exempt`,
  })) {
    test(`rejects a role with ${attribute}`, async () => {
      await connected(SUPERUSER_URL, async (database) => {
        await database.query('create role exempt login');
        try {
          const url = Object.assign(new URL(SUPERUSER_URL), { username: 'exempt' }).href;
          await assertPoliciesApply(url);
          await database.query(change);
          await assert.rejects(assertPoliciesApply(url), EXEMPT);
        } finally {
          await database.query('drop role exempt');
        }
      });
    });
  }
});
