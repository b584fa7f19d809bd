import { Controller, Get } from '@nestjs/common';
import { CurrentUser, RequireApiKey, RequireUser } from 'nestjs-propelauth';

@Controller()
export class AppController {
  @Get('me')
  @RequireUser()
  me(@CurrentUser('userId') userId: string) {
    return { userId };
  }

  @Get('export')
  @RequireApiKey()
  export() {
    return [];
  }
}
