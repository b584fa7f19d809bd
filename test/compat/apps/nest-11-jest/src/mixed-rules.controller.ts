import { Get, type Type } from '@nestjs/common';
import { CurrentUser, Public, RequireOrgRole, User } from 'nestjs-propelauth';

/**
 * Creates a controller whose methods have different access rules.
 *
 * @param decorators the class decorators, from top to bottom
 */
export function createMixedRulesController(...decorators: ClassDecorator[]): Type {
  class MixedRulesController {
    @Get('status')
    @Public()
    status() {
      return { status: 'ok' };
    }

    @Get('account')
    account(@CurrentUser() user: User) {
      return { userId: user.userId, isUser: user instanceof User };
    }

    @Get('orgs/:orgId/settings')
    @RequireOrgRole('Admin')
    settings(@CurrentUser() user: User) {
      return { readBy: user.userId };
    }
  }

  return Reflect.decorate(decorators, MixedRulesController) as Type;
}
