import {
  type ArgumentsHost,
  Catch,
  Controller,
  Delete,
  Get,
  HttpException,
  Injectable,
  Module,
  Put,
} from '@nestjs/common';
import { APP_FILTER, BaseExceptionFilter } from '@nestjs/core';
import {
  type AccessCall,
  type AccessRule,
  accessRule,
  type Caller,
  CurrentCaller,
  CurrentOrg,
  CurrentResource,
  type ErrorCode,
  fromParam,
  orgNameFromHost,
  PropelAuthForbiddenException,
  PropelAuthModule,
  PropelAuthUnauthorizedException,
  Public,
  RequireCaller,
  RequireOrgMember,
  RequireOrgRole,
  RequireScope,
  type ResourceCall,
  type ResourceLoader,
  tokenFromCookie,
} from 'nestjs-propelauth';
import type { AccessTable } from 'nestjs-propelauth/testing';
import { issuer } from '../../support/guarded-application.js';
import { ACME_ID, GLOBEX_ID } from '../../support/project.js';
import { InfraTokens } from './infra-tokens.js';
import { InfraController } from './infra.controller.js';
import { PersonalAccessTokens } from './personal-access-tokens.js';
import { TENANTS, TokenRows } from './token-rows.js';

/** Tenants who have not paid are closed for everybody. */
@Injectable()
export class ActiveTenantRule implements AccessRule<[], 'org', 'tenant_suspended'> {
  readonly name = 'active-tenant';
  readonly requires = ['org'] as const;
  readonly denials = { tenant_suspended: 402 } as const;
  readonly suspended = new Set<string>();

  describe() {
    return 'active tenant';
  }

  authorize({ org }: AccessCall<'org'>) {
    return !this.suspended.has(org.orgId);
  }
}

const RequireActiveTenant = accessRule(ActiveTenantRule);

interface Collection {
  readonly id: string;
  readonly orgId: string;
}

/** Stands for a table of all tenants. */
@Injectable()
class CollectionLoader implements ResourceLoader<Collection> {
  readonly name = 'collection';
  readonly id = fromParam('id');
  private readonly rows: readonly Collection[] = [
    { id: 'c1', orgId: ACME_ID },
    { id: 'c2', orgId: GLOBEX_ID },
  ];

  load(_call: ResourceCall, id: string) {
    return this.rows.find((row) => row.id === id);
  }

  orgId({ orgId }: Collection) {
    return orgId;
  }
}

@Controller('collections')
class CollectionsController {
  @Get()
  @RequireScope('collections:read', { of: 'personal-access-token' }) // users need no scope
  list(@CurrentCaller() caller: Caller) {
    return { readBy: caller.kind, ownerId: caller.userId };
  }

  @Put(':id')
  @RequireOrgRole('Admin')
  @RequireScope('collections:write', { of: 'personal-access-token' })
  change(@CurrentResource(CollectionLoader) { id }: Collection, @CurrentCaller('kind') by: string) {
    return { id, changedBy: by };
  }
}

/** Has no rules of its own, as most controllers of the application. */
@Controller('teams')
class TeamsController {
  @Get()
  list(@CurrentOrg('orgId') orgId: string, @CurrentCaller('kind') readBy: string) {
    return { orgId, readBy };
  }

  @Delete(':id')
  @RequireOrgRole('Admin')
  remove() {
    return {};
  }

  @Get('limits')
  @Public()
  limits() {
    return { members: 10 };
  }
}

/** The scripts of the installation run in each tenant, at its host. */
@Injectable()
class TenantScripts extends InfraTokens {
  memberships() {
    return TENANTS;
  }
}

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
class CollectionsModule {}

/** The codes that the clients of this application have known for years. */
const KNOWN_CODES: Partial<Record<ErrorCode, string>> = {
  org_access_denied: 'team/member_not_found',
  credential_missing: 'auth/fail',
  credential_invalid: 'token/invalid',
  scope_missing: 'token/scope_missing',
};

/** Answers rejected calls with the codes of this application. */
@Catch(PropelAuthUnauthorizedException, PropelAuthForbiddenException)
class ErrorCodesFilter extends BaseExceptionFilter {
  override catch(
    exception: PropelAuthUnauthorizedException | PropelAuthForbiddenException,
    host: ArgumentsHost,
  ) {
    const statusCode = exception.getStatus();
    const code = KNOWN_CODES[exception.code] ?? 'auth/forbidden';
    super.catch(new HttpException({ statusCode, code }, statusCode), host);
  }
}

@Module({
  imports: [CollectionsModule],
  providers: [{ provide: APP_FILTER, useClass: ErrorCodesFilter }],
})
export class ApplicationModule {}

const IN_TENANT = 'of the org in host {org}.example.com, active tenant';

/** Who may call which handler of the collections: only the limits are public. */
export const COLLECTIONS_TABLE: AccessTable = {
  'DELETE /infra/users/:id': `infra token: members ${IN_TENANT}`,
  'GET /collections': `user or personal access token with scope collections:read: members ${IN_TENANT}`,
  'PUT /collections/:id': `user or personal access token with scope collections:write: Admin and above ${IN_TENANT}, with collection`,
  'GET /teams': `user or personal access token: members ${IN_TENANT}`,
  'DELETE /teams/:id': `user or personal access token: Admin and above ${IN_TENANT}`,
  'GET /teams/limits': 'public',
};
