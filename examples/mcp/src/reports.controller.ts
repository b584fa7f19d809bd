import { Payload } from '@nestjs/microservices';
import { McpController, Tool } from '@rekog/mcp-nest';
import {
  CurrentOrg,
  RequireOrgMember,
  RequireOrgRole,
  type OrgMemberInfo,
} from 'nestjs-propelauth';
import { RequireMcpToken, RequireScope } from 'nestjs-propelauth/mcp';
import { z } from 'zod';
import { Reports } from './reports.js';

@McpController()
export class ReportsController {
  constructor(private readonly reports: Reports) {}

  @Tool({ name: 'report_formats', description: 'Lists the formats that reports come in' })
  @RequireMcpToken()
  formats() {
    return { formats: ['pdf', 'csv'] };
  }

  @Tool({ name: 'list_reports', description: 'Lists the reports of the organization' })
  @RequireScope('read:reports')
  @RequireOrgMember()
  list(@CurrentOrg() org: OrgMemberInfo) {
    return { reports: this.reports.of(org.orgId) };
  }

  @Tool({
    name: 'approve_report',
    description: 'Approves a report',
    parameters: z.object({ reportId: z.string() }),
  })
  @RequireMcpToken()
  @RequireOrgRole('Admin')
  approve(@Payload('reportId') reportId: string, @CurrentOrg() org: OrgMemberInfo) {
    return this.reports.approve(org.orgId, reportId);
  }
}
