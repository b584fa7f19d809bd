/*
 * The examples as their READMEs say: each is installed, passes its tests, starts without a PropelAuth account, and returns to the calls of
 * the README what their comments say. `node test/examples/readmes.mjs basic` tries one of them. For mcp and saas, mcp.mjs and saas.mjs do.
 */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { Example } from './example.mjs';

const ALL = ['basic', 'graphql', 'websockets'];
const names = process.argv.length > 2 ? process.argv.slice(2) : ALL;

for (const name of names) {
  describe(`examples/${name}`, () => {
    const example = new Example(`examples/${name}`);
    before(() => example.install());

    test('passes its tests', () => example.npm('test'));

    test('starts without a PropelAuth account, and returns what the README says', async () => {
      const calls = await example.calls();
      assert.ok(calls.length > 3);
      for (const { said, returned } of calls) {
        for (const part of said.split(': '))
          assert.ok(returned.includes(part), `${said}\n${returned}`);
      }
    });
  });
}
