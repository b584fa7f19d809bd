import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import {
  CurrentApiKey,
  CurrentOrg,
  CurrentUser,
  RequireApiKey,
  RequireOrgMember,
  RequireUserOrApiKey,
  type ApiKey,
  type OrgMemberInfo,
  type User,
} from 'nestjs-propelauth';
import { EXAMPLE_ORG_ID } from './example-org.js';

@Controller()
@ApiTags('Scripts')
export class ScriptController {
  @Get('api/script')
  @RequireApiKey()
  @ApiOperation({ summary: 'For scripts with an API key' })
  script(@CurrentApiKey() apiKey: ApiKey) {
    return { message: `This key is ${apiKey.user?.email ?? apiKey.org?.orgId}'s` };
  }

  @Get('api/org/:orgId/report')
  @RequireUserOrApiKey()
  @RequireOrgMember()
  @ApiParam({ name: 'orgId', type: String, example: EXAMPLE_ORG_ID })
  @ApiOperation({ summary: 'For members of the organization and their scripts' })
  report(@CurrentOrg() org: OrgMemberInfo, @CurrentUser() user: User | null) {
    return { message: `A report of ${org.orgName} for ${user ? 'a user' : 'a script'}` };
  }
}
