import {
  Controller,
  Get,
  Injectable,
  Post,
  type CanActivate,
  type ModuleMetadata,
} from '@nestjs/common';
import {
  CurrentUser,
  OnPropelAuthEvent,
  Public,
  RequireOrgMember,
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

class SignatureGuard implements CanActivate {
  canActivate() {
    return true;
  }
}

@Controller('hooks')
class HooksController {
  @Post()
  @Public({ guardedBy: SignatureGuard })
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
