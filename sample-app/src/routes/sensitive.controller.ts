import { Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentUser, DenyImpersonation, RequireStepUpMfa } from 'nestjs-propelauth';

@Controller('api')
@ApiTags('Sensitive actions')
export class SensitiveController {
  @Post('withdrawals')
  @HttpCode(200)
  @RequireStepUpMfa('WITHDRAW_FUNDS')
  @ApiOperation({ summary: 'For users who have just passed another challenge for it' })
  withdraw(@CurrentUser('userId') userId: string) {
    return { message: `Withdrawn by ${userId}` };
  }

  @Post('account/closing')
  @HttpCode(200)
  @DenyImpersonation()
  @ApiOperation({ summary: 'For users in person, and not for employees who impersonate one' })
  closeAccount(@CurrentUser('userId') userId: string) {
    return { message: `Closed the account of ${userId}` };
  }
}
