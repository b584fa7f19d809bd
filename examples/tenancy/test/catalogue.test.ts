import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { findGaps, PROMISES } from './catalogue.js';
import { APP_URL, connected, ROLES } from './database.js';

describe('In the database', () => {
  for (const promise of PROMISES) {
    test(promise, async () => {
      const gaps = await connected(APP_URL, (database) => findGaps(database, ROLES, [promise]));
      assert.deepEqual(gaps, []);
    });
  }

  test('the application cannot become another role', async () => {
    await connected(APP_URL, async (database) => {
      const { rows } = await database.query<{ rolname: string }>(
        'select rolname from pg_roles where rolname <> current_user',
      );
      for (const { rolname } of rows) {
        const denied = { code: '42501' };
        await assert.rejects(database.query(`set role ${rolname}`), denied);
        await assert.rejects(database.query(`set session authorization ${rolname}`), denied);
      }
    });
  });
});
