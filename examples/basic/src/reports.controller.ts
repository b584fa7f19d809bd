import { BadRequestException, Body, Controller, Get, Post } from '@nestjs/common';
import {
  CurrentOrg,
  OrgMemberInfo,
  RequireApiKey,
  RequireOrgMember,
  RequireOrgRole,
  RequirePermission,
} from 'nestjs-propelauth';

/** The rule of the class applies to all routes: `orgId` of the path is an organization of the caller. */
@Controller('orgs/:orgId/reports')
@RequireOrgMember()
export class ReportsController {
  private readonly reports = new Map<string, string[]>();

  @Get()
  list(@CurrentOrg() org: OrgMemberInfo) {
    return this.reports.get(org.orgId) ?? [];
  }

  @Post()
  @RequireOrgRole('Admin')
  create(@CurrentOrg() org: OrgMemberInfo, @Body('title') title: unknown) {
    if (typeof title !== 'string') throw new BadRequestException('title must be a string.');
    this.reports.set(org.orgId, [...this.list(org), title]);
    return { title };
  }

  @Get('export') // for scripts of the organization
  @RequireApiKey({ kind: 'org' })
  @RequirePermission('can_export')
  export(@CurrentOrg() org: OrgMemberInfo) {
    return { orgName: org.orgName, reports: this.list(org) };
  }
}
