import { Module } from '@nestjs/common';
import { PropelAuthModule, tokenFromCookie } from 'nestjs-propelauth';
import { issuer } from '../../support/guarded-application.js';
import { Accounts } from './accounts.js';
import { FirmLoader, InvitationRule, SharedLoader } from './invitation.rule.js';
import { LegacyTokens } from './legacy-tokens.js';
import { PortfolioKeys } from './portfolio-keys.js';
import { PermissionRule } from './permission.rule.js';
import { PortfolioController, SharedController } from './portfolio.controller.js';

@Module({
  imports: [
    PropelAuthModule.forRoot({
      ...issuer.moduleOptions,
      tokenSource: tokenFromCookie('session', { orHeader: true }),
      callerKinds: [LegacyTokens, PortfolioKeys],
      account: Accounts,
    }),
  ],
  controllers: [PortfolioController, SharedController],
  providers: [
    FirmLoader,
    InvitationRule,
    PermissionRule,
    SharedLoader,
    Accounts,
    LegacyTokens,
    PortfolioKeys,
  ],
})
export class PortfolioModule {}
