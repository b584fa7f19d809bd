import { Controller, Delete, Get } from '@nestjs/common';
import { CurrentCaller, CurrentOrg, Public, RequireOrgRole } from 'nestjs-propelauth';

/** Has no rules of its own, as most controllers of the application. */
@Controller('teams')
export class TeamsController {
  @Get()
  list(@CurrentOrg('orgId') orgId: string, @CurrentCaller('kind') readBy: string) {
    return { orgId, readBy };
  }

  @Delete(':id')
  @RequireOrgRole('Admin')
  remove() {
    return {};
  }

  @Get('limits')
  @Public()
  limits() {
    return { members: 10 };
  }
}
