import { Controller, Get } from '@nestjs/common';
import { CurrentUser, OptionalUser, Public, RequireUser, type User } from 'nestjs-propelauth';

/** One route of each mode. */
@Controller()
export class GuardedRoutesController {
  @Get('required')
  @RequireUser()
  required(@CurrentUser() user: User) {
    return { userId: user.userId };
  }

  @Get('optional')
  @OptionalUser()
  optional(@CurrentUser() user: User | null) {
    return { userId: user?.userId ?? null };
  }

  @Get('public')
  @Public()
  public() {
    return { userId: null };
  }
}
