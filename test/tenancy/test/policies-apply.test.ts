import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DATA_MODULES } from '../src/data/data-module.js';
import { assertPoliciesApply } from '../src/data/policies-apply.js';
import { ROLES } from './catalogue.js';
import { APP_URL, connected, SUPERUSER_URL } from './database.js';
import { fromEnvironment } from './environment.js';
import { start } from './support.js';

const EXEMPT = /^Error: Row-level security does not apply to "\w+", .* such as tenancy_app\.$/;

const EXEMPT_URLS = {
  'a superuser': SUPERUSER_URL,
  'the owner of the tables': fromEnvironment('OWNER_URL'),
};

for (const [name, module] of Object.entries(DATA_MODULES)) {
  for (const [role, url] of Object.entries(EXEMPT_URLS)) {
    test(`An application with ${name} fails to start as ${role}`, async () => {
      await assert.rejects(start(module.forRoot({ url })), EXEMPT);
    });
  }
}

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
