import { Controller, Get } from '@nestjs/common';
import { CurrentOrg, RequireOrgRole, type OrgMemberInfo } from 'nestjs-propelauth';
import type { TestUser } from 'nestjs-propelauth/testing';
import request from 'supertest';
import { issuer, startGuarded } from '../../support/guarded-application.js';
import { onlyOrganization } from './only-organization.js';

const acme = { orgId: '6b0c9a5e-3f0d-4c58-9d8c-1a2b3c4d5e6f', orgName: 'Acme', role: 'Admin' };
const globex = { orgId: 'f2a7c1d4-8e3b-4b6a-a1c9-0d9e8f7a6b5c', orgName: 'Globex', role: 'Admin' };

@Controller('reports')
class ReportsController {
  @Get()
  @RequireOrgRole('Admin', { org: onlyOrganization })
  list(@CurrentOrg() org: OrgMemberInfo) {
    return { orgId: org.orgId };
  }
}

async function reports(user: TestUser, headers: Record<string, string> = {}) {
  const { url } = await startGuarded({ controllers: [ReportsController] });
  const token = await issuer.accessToken(user);
  return request(url).get('/reports').auth(token, { type: 'bearer' }).set(headers);
}

describe('The source for users with one organization', () => {
  it('finds it without a header', async () => {
    const { status, body } = await reports({ orgs: [acme] });
    expect({ status, body }).toEqual({ status: 200, body: { orgId: acme.orgId } });
  });

  it('finds the organization that a user with two of them names', async () => {
    const { status, body } = await reports({ orgs: [acme, globex] }, { 'x-org-id': globex.orgId });
    expect({ status, body }).toEqual({ status: 200, body: { orgId: globex.orgId } });
  });

  it.each([
    ['in two organizations who names none', [acme, globex], {}],
    ['in no organization', [], {}],
    ['who names another organization', [acme], { 'x-org-id': globex.orgId }],
    ['with an empty header', [acme], { 'x-org-id': '' }],
    ['without the role there', [{ ...acme, role: 'Member' }], {}],
  ])('rejects a user %s', async (_who, orgs, headers) => {
    expect((await reports({ orgs }, headers)).status).toBe(403);
  });

  it('is not asked without a token', async () => {
    const { url } = await startGuarded({ controllers: [ReportsController] });
    await request(url).get('/reports').set('x-org-id', acme.orgId).expect(401);
  });
});
