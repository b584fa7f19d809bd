import { Controller, Get } from '@nestjs/common';
import { CurrentUser, OptionalUser, Public, User } from 'nestjs-propelauth';

@Controller()
export class AccountController {
  @Get('account')
  account(@CurrentUser() user: User) {
    return { userId: user.userId, isUser: user instanceof User };
  }

  @Get('greeting')
  @OptionalUser()
  greeting(@CurrentUser('userId') userId: string | undefined) {
    return { hello: userId ?? 'stranger' };
  }

  @Get('health')
  @Public()
  health() {
    return { status: 'ok' };
  }
}
