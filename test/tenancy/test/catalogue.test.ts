import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Client } from 'pg';
import { findGaps, PROMISES, ROLES } from './catalogue.js';

describe('In the database', () => {
  const { DATABASE_URL } = process.env;
  const database = new Client({ connectionString: DATABASE_URL });

  before(async () => {
    // Without a URL, pg would connect to whatever database is its default.
    assert.ok(DATABASE_URL, 'Set DATABASE_URL to the URL that the application uses.');
    await database.connect();
  });
  after(() => database.end());

  for (const promise of PROMISES) {
    test(promise, async () => {
      assert.deepEqual(await findGaps(database, ROLES, [promise]), []);
    });
  }

  test('the application connects as the role that the checks look at', async () => {
    const { rows } = await database.query('select current_user as role');
    assert.deepEqual(rows, [{ role: ROLES.app }]);
  });

  test('the application cannot become another role', async () => {
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
