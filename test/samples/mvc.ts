import { Controller, Get, Module, Render } from '@nestjs/common';
import {
  activeOrg,
  CurrentUser,
  OptionalUser,
  PropelAuthModule,
  RequireOrgMember,
} from 'nestjs-propelauth';
import type { User } from 'nestjs-propelauth';
import type { AccessTable } from 'nestjs-propelauth/testing';
import { settings } from './settings.js';

/** 15-mvc: pages that the server renders. Calls of `toHold()` need no engine, because they render nothing. */

@Controller()
class AppController {
  @Get()
  @OptionalUser()
  @Render('index')
  root(@CurrentUser() user: User | null) {
    return { message: user === null ? 'Sign in' : `Hello ${user.firstName}!` };
  }

  @Get('reports')
  @RequireOrgMember({ org: activeOrg() })
  @Render('reports')
  reports() {
    return { reports: [] };
  }
}

@Module({ imports: [PropelAuthModule.forRoot(settings)], controllers: [AppController] })
export class MvcModule {}

export const mvcAccess: AccessTable = {
  'GET /': 'optional user',
  'GET /reports': 'members of the org in token',
};
