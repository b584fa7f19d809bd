import { Module } from '@nestjs/common';
import {
  orgNameFromHost,
  PropelAuthModule,
  RequireCaller,
  RequireOrgMember,
  tokenFromCookie,
} from 'nestjs-propelauth';
import { issuer } from '../../support/guarded-application.js';
import { ActiveTenantRule, RequireActiveTenant } from './active-tenant.rule.js';
import { CollectionLoader } from './collection.loader.js';
import { CollectionsController } from './collections.controller.js';
import { InfraController } from './infra.controller.js';
import { TenantScripts } from './tenant-scripts.js';
import { PersonalAccessTokens } from './personal-access-tokens.js';
import { TeamsController } from './teams.controller.js';
import { TokenRows } from './token-rows.js';

const settings = {
  ...issuer.moduleOptions,
  tokenSource: tokenFromCookie('access_token', { orHeader: true }),
};

@Module({
  imports: [
    PropelAuthModule.forRoot({
      ...settings,
      callerKinds: [PersonalAccessTokens, TenantScripts],
      globalRules: [
        RequireCaller('user', 'personal-access-token'),
        RequireOrgMember({ org: orgNameFromHost('{org}.example.com') }),
        RequireActiveTenant(),
      ],
    }),
  ],
  controllers: [CollectionsController, InfraController, TeamsController],
  providers: [ActiveTenantRule, CollectionLoader, TokenRows, PersonalAccessTokens, TenantScripts],
})
export class CollectionsModule {}
