import { Controller, Get, Header, Render, UseFilters } from '@nestjs/common';
import { CurrentUser, RequireUser, User } from 'nestjs-propelauth';
import { LoginRedirectFilter } from './login-redirect.filter.js';

@Controller('dashboard')
@RequireUser()
@UseFilters(LoginRedirectFilter)
export class DashboardController {
  @Get()
  @Header('Cache-Control', 'no-store') // shared caches ignore your cookie
  @Render('dashboard')
  show(@CurrentUser() user: User) {
    return { email: user.email };
  }
}
