import {
  Controller,
  Get,
  Injectable,
  UseInterceptors,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
  type PipeTransform,
} from '@nestjs/common';
import {
  activeOrg,
  CurrentOrg,
  CurrentUser,
  getCurrentOrg,
  OptionalUser,
  orgFromQuery,
  OrgMemberInfo,
  RequireOrgMember,
  RequireUser,
  type User,
} from 'nestjs-propelauth';
import type { TestUser } from 'nestjs-propelauth/testing';
import { request, startGuarded } from '../../support/guarded-application.js';
import { ACME, ACME_ID, alice, GLOBEX, GLOBEX_ID, userIn } from '../../support/project.js';

const erin = userIn(
  'erin',
  { ...ACME, role: 'Admin', orgMetadata: { plan: 'gold' }, legacyOrgId: 'acme-1' },
  { ...GLOBEX, role: 'Member' },
);

@Injectable()
class PlanPipe implements PipeTransform<OrgMemberInfo, unknown> {
  transform(org: OrgMemberInfo): unknown {
    return org.orgMetadata['plan'];
  }
}

const seen: (string | null)[] = [];

class SeeingInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler) {
    seen.push(getCurrentOrg(context)?.orgId ?? null);
    return next.handle();
  }
}

@Controller('orgs/:orgId')
@RequireOrgMember()
@UseInterceptors(SeeingInterceptor)
class OrgController {
  @Get()
  show(@CurrentOrg() org: OrgMemberInfo, @CurrentUser() user: User) {
    return {
      isOrgMemberInfo: org instanceof OrgMemberInfo,
      isTheUsersOwn: user.getOrg(org.orgId) === org,
      isFrozen: Object.isFrozen(org) && Object.isFrozen(org.orgMetadata),
      org,
    };
  }

  @Get('properties')
  properties(@CurrentOrg('orgName') orgName: string, @CurrentOrg('assignedRole') role: string) {
    return { orgName, role };
  }

  @Get('pipe')
  pipe(@CurrentOrg(PlanPipe) plan: string) {
    return { plan };
  }
}

@Controller()
@UseInterceptors(SeeingInterceptor)
class ElsewhereController {
  @Get('query/:orgId')
  @RequireOrgMember({ org: orgFromQuery() })
  query(@CurrentOrg('orgId') orgId: string) {
    return { orgId };
  }

  @Get('active')
  @RequireOrgMember({ org: activeOrg() })
  active(@CurrentOrg('orgId') orgId: string) {
    return { orgId };
  }

  @Get('without-org/:orgId')
  @RequireUser()
  withoutOrg() {
    return {};
  }

  @Get('optional/:orgId')
  @OptionalUser()
  optional() {
    return {};
  }
}

const { url } = await startGuarded({ controllers: [OrgController, ElsewhereController] });

async function get(path: string, user: TestUser) {
  return request(url, user).get(path);
}

describe('@CurrentOrg() and getCurrentOrg()', () => {
  beforeEach(() => {
    seen.length = 0;
  });

  it('return the user’s membership in the checked organization', async () => {
    const { body } = await get(`/orgs/${ACME_ID}`, erin);
    expect(body).toEqual({
      isOrgMemberInfo: true,
      isTheUsersOwn: true,
      isFrozen: true,
      org: {
        orgId: ACME_ID,
        orgName: 'Acme Inc',
        urlSafeOrgName: 'acme-inc',
        orgMetadata: { plan: 'gold' },
        legacyOrgId: 'acme-1',
        orgRoleStructure: 'single_role_in_hierarchy',
        userAssignedRole: 'Admin',
        userInheritedRolesPlusCurrentRole: ['Admin', 'Member'],
        userPermissions: ['can_view_billing', 'can_view_reports'],
        userAssignedAdditionalRoles: [],
      },
    });
  });

  it.each<[string, string, object]>([
    [
      'its properties, including getters',
      `/orgs/${ACME_ID}/properties`,
      { orgName: 'Acme Inc', role: 'Admin' },
    ],
    ['the result of a pipe', `/orgs/${ACME_ID}/pipe`, { plan: 'gold' }],
    [
      'the one that the request names',
      `/orgs/${GLOBEX_ID}/properties`,
      {
        orgName: 'Globex',
        role: 'Member',
      },
    ],
    [
      'the one from the source of the rule, not another',
      `/query/${ACME_ID}?orgId=${GLOBEX_ID}`,
      { orgId: GLOBEX_ID },
    ],
  ])('return %s', async (_what, path, answer) => {
    const { status, body } = await get(path, erin);
    expect({ status, body }).toEqual({ status: 200, body: answer });
  });

  it('return the active organization of the token', async () => {
    const scoped = { ...erin, activeOrgId: GLOBEX_ID };
    const { body } = await get('/active', scoped);
    expect(body).toEqual({ orgId: GLOBEX_ID });
  });

  it.each([
    ['the organization', `/orgs/${ACME_ID}`, ACME_ID],
    ['null on a route without organization rules', `/without-org/${ACME_ID}`, null],
    ['null under @OptionalUser()', `/optional/${ACME_ID}`, null],
  ])('return %s in an interceptor', async (_what, path, orgId) => {
    await get(path, alice);
    expect(seen).toEqual([orgId]);
  });

  it('return nothing after a rejection', async () => {
    const { status } = await get(`/orgs/${GLOBEX_ID}`, alice);
    expect(status).toBe(403);
    expect(seen).toEqual([]);
  });
});
