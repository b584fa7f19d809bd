import { Module } from '@nestjs/common';
import { PropelAuthModule, tokenFromCookie } from 'nestjs-propelauth';
import { issuer } from '../../support/guarded-application.js';
import { CollectionsController } from './collections.controller.js';
import { InfraController } from './infra.controller.js';
import { InfraTokens } from './infra-tokens.js';
import { PersonalAccessTokens } from './personal-access-tokens.js';
import { TokenRows } from './token-rows.js';

const settings = {
  ...issuer.moduleOptions,
  tokenSource: tokenFromCookie('access_token', { orHeader: true }),
};

@Module({
  imports: [
    PropelAuthModule.forRoot({ ...settings, callerKinds: [PersonalAccessTokens, InfraTokens] }),
  ],
  controllers: [CollectionsController, InfraController],
  providers: [TokenRows, PersonalAccessTokens, InfraTokens],
})
export class CollectionsModule {}
