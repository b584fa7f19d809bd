import { Controller, Get } from '@nestjs/common';
import { CurrentUser, Public, User } from 'nestjs-propelauth';

@Controller()
export class AppController {
  @Get('health')
  @Public()
  health() {
    return { status: 'ok' };
  }

  @Get('me') // a user, because of requireUserByDefault
  me(@CurrentUser() user: User) {
    return { userId: user.userId, email: user.email };
  }
}
