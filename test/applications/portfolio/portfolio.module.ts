import { Module } from '@nestjs/common';
import { PropelAuthModule, tokenFromCookie } from 'nestjs-propelauth';
import { issuer } from '../../support/guarded-application.js';
import { Accounts } from './accounts.js';
import { LegacyTokens } from './legacy-tokens.js';
import { PortfolioKeys } from './portfolio-keys.js';
import { PortfolioController } from './portfolio.controller.js';

@Module({
  imports: [
    PropelAuthModule.forRoot({
      ...issuer.moduleOptions,
      tokenSource: tokenFromCookie('session', { orHeader: true }),
      callerKinds: [LegacyTokens, PortfolioKeys],
      account: Accounts,
    }),
  ],
  controllers: [PortfolioController],
  providers: [Accounts, LegacyTokens, PortfolioKeys],
})
export class PortfolioModule {}
