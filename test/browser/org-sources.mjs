/*
 * "Try it out" for a route of each built-in organization source, in Swagger UI in a real browser: what the rule reads can be filled in,
 * and arrives.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { launchChromium } from './chromium.mjs';
import { ACME, startOrgSourcesApp, tokenOfMember, tokenOfOther } from './org-sources-app.mjs';
import { SwaggerUi } from './swagger-ui.mjs';

/** The operations, and what a user fills in. */
const OPERATIONS = [
  ['/path/{orgId}', { orgId: ACME.orgId }],
  ['/name/{orgName}', { orgName: 'acme-inc' }],
  ['/query', { orgId: ACME.orgId }],
  ['/header', { 'x-org-id': ACME.orgId }],
  ['/body', {}, { orgId: ACME.orgId }],
  ['/note', {}, { orgId: ACME.orgId }],
  ['/token'],
];

const browser = await launchChromium();
after(() => browser.close());

for (const Adapter of [ExpressAdapter, FastifyAdapter]) {
  describe(`"Try it out" of organization routes over ${Adapter.name}`, () => {
    let app;
    let swaggerUi;

    before(async () => {
      app = await startOrgSourcesApp(new Adapter());
      swaggerUi = new SwaggerUi(await browser.newPage(), app.origin);
      await swaggerUi.open();
    });

    after(async () => {
      await swaggerUi.page.close();
      await app.close();
    });

    test('returns 200 to a member, for every organization source', async () => {
      await swaggerUi.pasteToken(await tokenOfMember());
      for (const [path, parameters, body] of OPERATIONS) {
        const answer = await swaggerUi.execute(path, parameters, body);
        assert.deepEqual(answer, { status: 200, body: { orgId: ACME.orgId } }, path);
      }
      await swaggerUi.logOut();
    });

    test('returns 403 to a user who is not a member', async () => {
      await swaggerUi.pasteToken(await tokenOfOther());
      for (const [path, parameters, body] of OPERATIONS) {
        const { status, body: error } = await swaggerUi.execute(path, parameters, body);
        assert.equal(status, 403, path);
        // Without an organization in the token there is none to be a member of.
        assert.equal(error.reason, path === '/token' ? 'org_missing' : 'not_a_member', path);
      }
      await swaggerUi.logOut();
    });

    test('sends no request while the organization is missing', async () => {
      for (const path of ['/path/{orgId}', '/name/{orgName}', '/query', '/header']) {
        assert.equal(await swaggerUi.invalidFields(path), 1, path);
      }
    });

    test('shows an example of 403 with status 403 and a reason of the route', async () => {
      const { statusCode, error, code, reason } = await swaggerUi.exampleOf('/path/{orgId}', '403');
      assert.deepEqual(
        { statusCode, error, code, reason },
        {
          statusCode: 403,
          error: 'Forbidden',
          code: 'org_access_denied',
          reason: 'not_a_member',
        },
      );
    });
  });
}
