import { Controller, Get, Post, Put } from '@nestjs/common';
import {
  CurrentAccount,
  CurrentApiKey,
  CurrentCaller,
  CurrentResource,
  DenyImpersonation,
  orgOf,
  Public,
  RequireAnyOf,
  RequireApiKey,
  RequireCaller,
  RequireOrgMember,
  RequireOrgRole,
  RequireUser,
} from 'nestjs-propelauth';
import type { Account } from './accounts.js';
import { FirmLoader, RequireInvitation, type Shared, SharedLoader } from './invitation.rule.js';
import { RequireAccountPermission } from './permission.rule.js';

@Controller()
@RequireCaller('user', 'legacy-user', 'portfolio-key')
export class PortfolioController {
  @Get('portfolio')
  show(@CurrentAccount() { id }: Account, @CurrentCaller('kind') readBy: string) {
    return { id, readBy };
  }

  @Post('orders')
  @RequireAccountPermission('order.create')
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

const org = orgOf(FirmLoader);

/** For the firm that a portfolio belongs to, and for those whom it has invited one by one. */
@Controller('portfolios/:portfolioId')
@RequireCaller('user', 'portfolio-key')
export class SharedController {
  @Get()
  @RequireAnyOf(RequireOrgMember({ org }), RequireInvitation('viewer'))
  show(@CurrentResource(SharedLoader) { id }: Shared) {
    return { id };
  }

  @Put()
  @RequireAnyOf(RequireOrgRole('Admin', { org }), RequireInvitation('editor'))
  change(@CurrentResource(SharedLoader) { id }: Shared) {
    return { id };
  }
}
