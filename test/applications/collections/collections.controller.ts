import { Controller, Get, Param, Put } from '@nestjs/common';
import {
  CurrentCaller,
  RequireCaller,
  RequireOrgMember,
  RequireOrgRole,
  RequireScope,
  type Caller,
} from 'nestjs-propelauth';

@Controller('orgs/:orgId/collections')
@RequireCaller('user', 'personal-access-token')
@RequireOrgMember()
export class CollectionsController {
  @Get()
  @RequireScope('collections:read', { of: 'personal-access-token' }) // users need no scope
  list(@CurrentCaller() caller: Caller) {
    return { readBy: caller.kind, ownerId: caller.userId };
  }

  @Put(':id')
  @RequireOrgRole('Admin')
  @RequireScope('collections:write', { of: 'personal-access-token' })
  change(@Param('id') id: string, @CurrentCaller('kind') changedBy: string) {
    return { id, changedBy };
  }
}
