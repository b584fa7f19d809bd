import { Controller, Get, type Type } from '@nestjs/common';
import {
  CurrentAccount,
  CurrentUser,
  RequireApiKey,
  RequireCaller,
  RequireOrgMember,
  RequireStepUpMfa,
  RequireUser,
} from 'nestjs-propelauth';
import { startGuarded } from '../support/guarded-application.js';
import { readCodeBlocks } from '../support/code-blocks.js';
import { messageOf } from '../support/start-error.js';

@Controller('reports')
class ReportsController {
  @Get()
  @RequireOrgMember()
  list() {}
}

@Controller('export')
class ExportController {
  @Get()
  @RequireApiKey()
  export(@CurrentUser() _user: unknown) {}
}

@Controller('infra/users')
class InfraController {
  @Get()
  @RequireCaller('infra-tokn')
  list() {}
}

@Controller('settings')
class SettingsController {
  @Get()
  @RequireUser()
  show(@CurrentAccount() _account: unknown) {}
}

@Controller('withdrawals')
class WithdrawalsController {
  @Get()
  @RequireApiKey()
  @RequireStepUpMfa('WITHDRAW_FUNDS')
  withdraw() {}
}

/** The mistake whose message a page shows. */
const MISTAKES: readonly (readonly [page: string, controller: Type])[] = [
  ['docs/organizations.md', ReportsController],
  ['docs/api-keys.md', ExportController],
  ['docs/own-callers.md', InfraController],
  ['docs/account.md', SettingsController],
  ['docs/step-up-and-impersonation.md', WithdrawalsController],
];

describe('A page that shows why startup fails', () => {
  it.each(MISTAKES)('has the message as it is printed: %s', async (page, controller) => {
    const message = await messageOf(startGuarded({ controllers: [controller] }));
    const shown = readCodeBlocks(page).filter(({ language }) => language === 'text');
    expect(message).not.toBe('');
    expect(shown.map(({ code }) => code)).toEqual([`${message}\n`]);
  });
});
