import { Controller, Get, Module, Redirect } from '@nestjs/common';
import {
  CurrentUser,
  DenyImpersonation,
  PropelAuthModule,
  Public,
  type User,
} from 'nestjs-propelauth';
import type { AccessTable } from 'nestjs-propelauth/testing';
import { AUTH_URL } from '../support/project.js';
import { settings } from './settings.js';

/** 19-auth-jwt: `requireUserByDefault` replaces its global `AuthGuard`, and `@Public()` its own `@Public()`. */

@Controller('auth')
class AuthController {
  /** PropelAuth has the page that takes the password. */
  @Get('login')
  @Public()
  @Redirect(`${AUTH_URL}/login`)
  signIn() {}

  @Get('profile')
  getProfile(@CurrentUser() user: User) {
    return { sub: user.userId, username: user.email };
  }

  @Get('sessions')
  @DenyImpersonation()
  listSessions(@CurrentUser('userId') userId: string) {
    return [{ userId }];
  }
}

@Module({ controllers: [AuthController] })
class AuthModule {}

@Controller()
class AppController {
  @Get()
  @Public()
  getHello() {
    return 'Hello World!';
  }
}

@Module({
  imports: [PropelAuthModule.forRoot(settings), AuthModule],
  controllers: [AppController],
})
export class AuthJwtModule {}

export const authJwtAccess: AccessTable = {
  'GET /': 'public',
  'GET /auth/login': 'public',
  'GET /auth/profile': 'user',
  'GET /auth/sessions': 'user, not impersonated',
};
