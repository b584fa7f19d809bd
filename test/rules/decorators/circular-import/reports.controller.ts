import { Controller, Get } from '@nestjs/common';
import { RequireOrgMember } from 'nestjs-propelauth';
import { tenantSource } from './tenant-source.js';

export const TENANT_HEADER = 'x-tenant';

@Controller('orgs/:orgId/reports')
export class ReportsController {
  @Get()
  @RequireOrgMember({ org: tenantSource })
  list() {}
}
