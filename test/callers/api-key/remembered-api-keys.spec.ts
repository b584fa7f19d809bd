import { Controller, Get } from '@nestjs/common';
import { RequireApiKey, RequireOrgMember, RequireOrgRole } from 'nestjs-propelauth';
import request from 'supertest';
import { Backend } from '../../support/backend.js';
import { startGuarded } from '../../support/guarded-application.js';
import { ACME, ACME_ID, GLOBEX_ID } from '../../support/project.js';
import { aliceInAcme } from './api-keys.js';

const memberKey = {
  user: { user_id: 'user-alice', email: 'alice@example.com' },
  org: { org_id: ACME_ID, name: ACME.orgName, metadata: {} },
  user_in_org: aliceInAcme,
};

@Controller('orgs/:orgId')
@RequireApiKey()
@RequireOrgMember()
class OrgController {
  @Get()
  show() {
    return {};
  }

  @Get('owner')
  @RequireOrgRole('Owner')
  owner() {
    return {};
  }
}

it('Routes for API keys that are remembered check their rules for every request', async () => {
  const backend = await Backend.start();
  backend.apiKeys.set('member-key', { status: 200, body: memberKey });
  const { url } = await startGuarded(
    { controllers: [OrgController] },
    { apiKeys: { cacheSeconds: 60 } },
  );
  const statuses: number[] = [];
  for (const path of [ACME_ID, GLOBEX_ID, `${ACME_ID}/owner`, ACME_ID]) {
    statuses.push((await request(url).get(`/orgs/${path}`).set('X-API-Key', 'member-key')).status);
  }
  expect(statuses).toEqual([200, 403, 403, 200]);
  expect(backend.bodies).toHaveLength(1);
});
