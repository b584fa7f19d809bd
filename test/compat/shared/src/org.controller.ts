import { Controller, Get } from '@nestjs/common';
import { CurrentOrg, OrgMemberInfo, RequireOrgRole } from 'nestjs-propelauth';

@Controller('orgs/:orgId')
export class OrgController {
  @Get('billing')
  @RequireOrgRole('Admin')
  billing(@CurrentOrg() org: OrgMemberInfo) {
    return { orgName: org.orgName };
  }
}
