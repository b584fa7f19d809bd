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
  CurrentOrg,
  CurrentUser,
  getCurrentOrg,
  OptionalUser,
  OrgMemberInfo,
  RequireOrgMember,
  RequireUser,
  type User,
} from 'nestjs-propelauth';
import { beforeTests } from '../../support/application.js';
import { request, startGuarded } from '../../support/guarded-application.js';
import { ACME, ACME_ID, GLOBEX, GLOBEX_ID, userIn } from '../../support/project.js';

const alice = userIn(
  'alice',
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

@Controller()
@UseInterceptors(SeeingInterceptor)
class OrgController {
  @Get('orgs/:orgId')
  @RequireOrgMember()
  show(@CurrentOrg() org: OrgMemberInfo, @CurrentUser() user: User) {
    return {
      isOrgMemberInfo: org instanceof OrgMemberInfo,
      isTheUsersOwn: user.getOrg(org.orgId) === org,
      isFrozen: Object.isFrozen(org) && Object.isFrozen(org.orgMetadata),
      org,
    };
  }

  @Get('orgs/:orgId/parts')
  @RequireOrgMember()
  parts(
    @CurrentOrg('orgName') name: string,
    @CurrentOrg('assignedRole') role: string,
    @CurrentOrg(PlanPipe) plan: string | undefined,
  ) {
    return [name, role, plan];
  }

  @Get('user/:orgId')
  @RequireUser()
  user() {
    return [];
  }

  @Get('optional/:orgId')
  @OptionalUser()
  optional() {
    return [];
  }
}

const application = beforeTests(() => startGuarded({ controllers: [OrgController] }));

describe('The checked organization', () => {
  it('is the user’s membership in it', async () => {
    const { body } = await request(application.url, alice).get(`/orgs/${ACME_ID}`);
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

  it.each<[string, string, number, unknown[], (string | null)[]]>([
    ['its parts', `orgs/${ACME_ID}/parts`, 200, ['Acme Inc', 'Admin', 'gold'], [ACME_ID]],
    ['those of another', `orgs/${GLOBEX_ID}/parts`, 200, ['Globex', 'Member', null], [GLOBEX_ID]],
    ['none without a rule about it', `user/${ACME_ID}`, 200, [], [null]],
    ['none for optional users', `optional/${ACME_ID}`, 200, [], [null]],
  ])('gives decorators and interceptors %s', async (_what, path, status, parts, orgIds) => {
    seen.length = 0;
    await request(application.url, alice).get(`/${path}`).expect(status, parts);
    expect(seen).toEqual(orgIds);
  });
});
