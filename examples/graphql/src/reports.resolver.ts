import type { ExecutionContext } from '@nestjs/common';
import { Args, ID, Mutation, Query, ResolveField, Resolver } from '@nestjs/graphql';
import {
  CurrentOrg,
  CurrentUser,
  orgFromArgs,
  OrgMemberInfo,
  RequireOrgMember,
  RequireOrgRole,
  RequireUser,
  User,
} from 'nestjs-propelauth';
import { Report } from './report.js';

/** The organization of the report that a field belongs to. It is the first argument of the field's resolver. */
function orgOfReport(context: ExecutionContext) {
  return { orgId: context.getArgByIndex<Report>(0).orgId };
}

@Resolver(() => Report)
export class ReportsResolver {
  private readonly reports: Report[] = [];

  @Query(() => String)
  @RequireUser()
  me(@CurrentUser() user: User) {
    return user.email;
  }

  @Query(() => [Report])
  @RequireOrgMember({ org: orgFromArgs('orgId') })
  listReports(
    @Args('orgId', { type: () => ID }) _orgId: string, // the guard reads it
    @CurrentOrg() org: OrgMemberInfo,
  ) {
    return this.reports.filter(({ orgId }) => orgId === org.orgId);
  }

  @Mutation(() => Report)
  @RequireOrgRole('Admin', { org: orgFromArgs('orgId') })
  createReport(
    @Args('orgId', { type: () => ID }) _orgId: string,
    @Args('title') title: string,
    @CurrentOrg() org: OrgMemberInfo,
  ) {
    const report = { id: String(this.reports.length + 1), orgId: org.orgId, title };
    this.reports.push(report);
    return report;
  }

  @ResolveField(() => String, { nullable: true })
  @RequireOrgRole('Owner', { org: orgOfReport })
  notes() {
    return 'For Owners';
  }
}
