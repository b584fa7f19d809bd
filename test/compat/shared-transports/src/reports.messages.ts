import { Controller } from '@nestjs/common';
import { MessagePattern } from '@nestjs/microservices';
import {
  CurrentOrg,
  CurrentUser,
  orgFromMessage,
  OrgMemberInfo,
  RequireOrgRole,
  RequireUser,
  User,
} from 'nestjs-propelauth';

@Controller()
export class ReportsMessages {
  @MessagePattern('me')
  @RequireUser()
  me(@CurrentUser() user: User) {
    return user.userId;
  }

  @MessagePattern('reports')
  @RequireOrgRole('Admin', { org: orgFromMessage() })
  reports(@CurrentOrg() org: OrgMemberInfo) {
    return org.orgName;
  }
}
