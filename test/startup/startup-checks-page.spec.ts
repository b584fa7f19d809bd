import { Controller, Get, Injectable, Post, type ModuleMetadata } from '@nestjs/common';
import {
  CurrentUser,
  OnPropelAuthEvent,
  Public,
  RequireOrgMember,
  RequireUser,
  type User,
} from 'nestjs-propelauth';
import { readFileSync } from 'node:fs';
import { startGuarded } from '../support/guarded-application.js';
import { messageOf } from '../support/start-error.js';

@Controller('orgs/:id/reports')
class ReportsController {
  @Get()
  @RequireOrgMember()
  list() {}

  @Post()
  @Public()
  create(@CurrentUser() _user: User) {}
}

@Controller('hooks')
class HooksController {
  constructor() {
    this.receive = this.receive.bind(this);
  }

  @Post()
  @RequireUser()
  receive() {}
}

@Injectable()
class UserEvents {
  @OnPropelAuthEvent('user.created')
  onCreated() {}
}

describe('docs/startup-checks.md shows the error as it is printed for', () => {
  it.each<[string, ModuleMetadata]>([
    ['These access rules cannot work as they are written:', { controllers: [ReportsController] }],
    [
      'These handlers are open, or their access rules are lost:',
      { controllers: [HooksController] },
    ],
    ['Events from PropelAuth cannot be handled:', { providers: [UserEvents] }],
  ])('%s', async (heading, metadata) => {
    const message = await messageOf(startGuarded(metadata));
    expect(message.split('\n')[0]).toBe(heading);
    expect(readFileSync('docs/startup-checks.md', 'utf8')).toContain(`\n${message}\n`);
  });
});
