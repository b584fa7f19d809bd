import { Controller } from '@nestjs/common';
import { MessagePattern } from '@nestjs/microservices';
import {
  CurrentOrg,
  orgFromMessage,
  OrgMemberInfo,
  RequireOrgRole,
  RequireUser,
} from 'nestjs-propelauth';
import { CallerContext } from 'nestjs-propelauth/cls';

@Controller()
export class ReportsMessages {
  constructor(private readonly caller: CallerContext) {}

  @MessagePattern('me')
  @RequireUser()
  me() {
    return this.caller.requireUser().userId;
  }

  @MessagePattern('reports')
  @RequireOrgRole('Admin', { org: orgFromMessage() })
  reports(@CurrentOrg() org: OrgMemberInfo) {
    return org.orgName;
  }
}
