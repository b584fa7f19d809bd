import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import {
  CurrentOrg,
  RequireOrgMember,
  RequireOrgRole,
  RequirePermission,
  type OrgMemberInfo,
} from 'nestjs-propelauth';
import { EXAMPLE_ORG_ID } from './example-org.js';

/**
 * The rules check the organization of the path; the handlers take it from the check and not from
 * the path.
 */
@Controller('api/org/:orgId')
@ApiTags('Organization')
// The rules document the parameter; this only fills in an organization of the emulator.
@ApiParam({ name: 'orgId', type: String, example: EXAMPLE_ORG_ID })
export class OrgController {
  @Get('check')
  @RequireOrgMember()
  @ApiOperation({ summary: 'For members of the organization' })
  check(@CurrentOrg() org: OrgMemberInfo) {
    return { message: `You are in ${org.orgName}` };
  }

  @Get('admin_only')
  @RequireOrgRole('Admin', { exact: true })
  @ApiOperation({ summary: 'For Admins and nobody else, not even Owners' })
  adminOnly(@CurrentOrg() org: OrgMemberInfo) {
    return { message: `You are an Admin of ${org.orgName}` };
  }

  @Get('admin_or_owner')
  @RequireOrgRole('Admin')
  @ApiOperation({ summary: 'For Admins and the roles above: Owners' })
  adminOrOwner(@CurrentOrg() org: OrgMemberInfo) {
    return { message: `You are an Admin or Owner of ${org.orgName}` };
  }

  @Get('billing')
  @RequirePermission('can_view_billing')
  @ApiOperation({ summary: 'For those with the permission can_view_billing' })
  billing(@CurrentOrg() org: OrgMemberInfo) {
    return { message: `You may see the bills of ${org.orgName}` };
  }
}
