import { Controller, Get, Post, UseGuards } from '@nestjs/common';
import {
  CurrentAccount,
  CurrentApiKey,
  CurrentCaller,
  DenyImpersonation,
  Public,
  RequireApiKey,
  RequireCaller,
  RequireUser,
} from 'nestjs-propelauth';
import type { Account } from './accounts.js';
import { HasPermission, HasPermissionGuard } from './has-permission.guard.js';

@Controller()
@RequireCaller('user', 'legacy-user', 'portfolio-key')
export class PortfolioController {
  @Get('portfolio')
  show(@CurrentAccount() { id }: Account, @CurrentCaller('kind') readBy: string) {
    return { id, readBy };
  }

  @Post('orders')
  @HasPermission('order.create')
  @UseGuards(HasPermissionGuard)
  order(@CurrentCaller('kind') orderedBy: string) {
    return { orderedBy };
  }

  /** A key must not make another, and an employee who acts as a user makes none. */
  @Post('keys')
  @RequireUser()
  @DenyImpersonation()
  createKey(@CurrentAccount() { id }: Account) {
    return { keyOf: id };
  }

  /** For the keys that PropelAuth makes. */
  @Get('export')
  @RequireApiKey({ kind: 'personal' })
  export(@CurrentApiKey('user') user: { userId: string }) {
    return { exported: user.userId };
  }

  @Get('info')
  @Public()
  info() {
    return { version: 1 };
  }
}
