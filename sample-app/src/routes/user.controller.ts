import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentUser, OptionalUser, Public, RequireUser, type User } from 'nestjs-propelauth';

@Controller()
@ApiTags('User')
export class UserController {
  @Get()
  @RequireUser()
  @ApiOperation({ summary: 'For every user' })
  greet(@CurrentUser() user: User) {
    return { message: `Hello ${user.userId}` };
  }

  @Get('api/whoami_optional')
  @OptionalUser()
  @ApiOperation({ summary: 'For everybody; users are told who they are' })
  whoAmI(@CurrentUser() user: User | null) {
    return user ? { user_id: user.userId } : {};
  }

  @Get('api/health')
  @Public()
  @ApiOperation({ summary: 'For everybody; nobody looks at the token' })
  health() {
    return { status: 'ok' };
  }
}
