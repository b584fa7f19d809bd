import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import {
  CurrentUser,
  OptionalUser,
  orgFromBody,
  orgFromHeader,
  orgFromQuery,
  orgNameFromParam,
  PropelAuthService,
  Public,
  RequireOrgMember,
  RequireOrgRole,
  RequireUser,
  type User,
} from 'nestjs-propelauth';

/** A route for each way in that the attacks try. Whoever gets in is told who they are taken for. */
@Controller()
export class VictimController {
  constructor(private readonly propelAuth: PropelAuthService) {}

  @Get('required')
  @RequireUser()
  required(@CurrentUser() user: User) {
    return { letIn: user.userId };
  }

  @Post('required')
  @RequireUser()
  requiredWithBody(@CurrentUser() user: User) {
    return { letIn: user.userId };
  }

  @Get('optional')
  @OptionalUser()
  optional(@CurrentUser() user: User | null) {
    return user === null ? { anonymous: true } : { letIn: user.userId };
  }

  @Get('public')
  @Public()
  public() {
    return { anonymous: true };
  }

  @Get('orgs/:orgId')
  @RequireOrgMember()
  byId(@CurrentUser() user: User) {
    return { letIn: user.userId };
  }

  @Get('names/:orgName')
  @RequireOrgMember({ org: orgNameFromParam() })
  byName(@CurrentUser() user: User) {
    return { letIn: user.userId };
  }

  @Get('query')
  @RequireOrgMember({ org: orgFromQuery() })
  byQuery(@CurrentUser() user: User) {
    return { letIn: user.userId };
  }

  @Get('header')
  @RequireOrgMember({ org: orgFromHeader('X-Org-Id') })
  byHeader(@CurrentUser() user: User) {
    return { letIn: user.userId };
  }

  @Post('body')
  @RequireOrgMember({ org: orgFromBody('orgId') })
  byBody(@CurrentUser() user: User) {
    return { letIn: user.userId };
  }

  @Get('owners/:orgId')
  @RequireOrgRole('Owner')
  forOwners(@CurrentUser() user: User) {
    return { letIn: user.userId };
  }

  /** Hands over a token that came another way, as the consumer of a queue does. */
  @Post('token')
  @HttpCode(200)
  async handOver(@Body() { token }: { token: string }) {
    return { letIn: (await this.propelAuth.validateAccessToken(token)).userId };
  }
}
