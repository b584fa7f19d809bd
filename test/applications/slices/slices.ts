import { createSecretKey } from 'node:crypto';
import { Controller, Get, Injectable, Module, Post, Put } from '@nestjs/common';
import { SignJWT } from 'jose';
import {
  type AccessCall,
  type AccessRule,
  accessRule,
  activeOrg,
  type CallerKind,
  CurrentCaller,
  CurrentOrg,
  fromParam,
  jwtKind,
  orgNameFromHost,
  PropelAuthModule,
  RequireCaller,
  RequireOrgMember,
  RequireScope,
  RequireUser,
  tokenFromCookie,
} from 'nestjs-propelauth';
import { issuer } from '../../support/guarded-application.js';
import { ACME_ID, GLOBEX_ID } from '../../support/project.js';

/* The parts of four applications that are not as in others: their credentials, rules and tables. */

/** The secret with which an application signs its own tokens, whatever they are for. */
const APP_SECRET = createSecretKey(Buffer.alloc(32, 'secret of the application'));

/** A token of an application itself, for an hour. */
export const ownToken = (claims: Record<string, unknown>): Promise<string> =>
  new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(APP_SECRET);

/** The names of workspaces in their hosts. */
const HOSTS: Record<string, string> = { [ACME_ID]: 'acme-inc', [GLOBEX_ID]: 'globex' };

const membershipIn = (orgId: string) => ({
  orgId,
  role: 'Member',
  urlSafeOrgName: HOSTS[orgId] ?? '',
});

const ofApplication = { key: APP_SECRET, algorithms: ['HS256'] } as const;

/** The keys of scripts are JSON Web Tokens, too, of the workspace in which they were made. */
const apiKeys = jwtKind({
  ...ofApplication,
  name: 'workspace-key',
  claims: { iss: null, type: 'api_key' },
  identity: ({ workspaceId }) => ({ workspaceId: String(workspaceId) }),
  memberships: ({ workspaceId }) => [membershipIn(workspaceId)],
});

/** What the editor shows the collaboration server: one document, for an hour. */
const collab = jwtKind({
  ...ofApplication,
  name: 'collab',
  claims: { iss: null, type: 'collab' },
  identity: ({ documentId }) => ({ documentId: String(documentId) }),
  memberships: () => [membershipIn(ACME_ID)],
});

@Controller('documents')
class DocumentsController {
  @Get()
  list(@CurrentCaller('kind') kind: string) {
    return { who: kind };
  }

  @Post('collab')
  @RequireCaller('collab')
  open(@CurrentCaller('identity') { documentId }: { documentId: string }) {
    return { who: documentId };
  }
}

/** As in Docmost: tenants by sub-domain, a session cookie, and tokens of one secret for several purposes. */
@Module({
  imports: [
    PropelAuthModule.forRoot({
      ...issuer.moduleOptions,
      tokenSource: tokenFromCookie('authToken', { orHeader: true }),
      callerKinds: [apiKeys, collab],
      globalRules: [
        RequireCaller('user', 'workspace-key'),
        RequireOrgMember({ org: orgNameFromHost('{org}.example.com') }),
      ],
    }),
  ],
  controllers: [DocumentsController],
})
export class DocumentsModule {}

interface Environment {
  readonly id: string;
  readonly orgId: string;
}

const ENVIRONMENTS: Record<string, Environment> = {
  'key-of-production': { id: 'production', orgId: ACME_ID },
};

/** `Authorization: ApiKey …`: the key of an environment, which belongs to one organization. */
@Injectable()
class EnvironmentKeys implements CallerKind<Environment> {
  readonly name = 'environment';
  readonly credential = [{ scheme: 'ApiKey' }];

  identify(text: string): Environment | undefined {
    return Object.hasOwn(ENVIRONMENTS, text) ? ENVIRONMENTS[text] : undefined;
  }

  key({ id }: Environment): string {
    return id;
  }

  memberships({ orgId }: Environment) {
    return [{ orgId, role: 'Admin' }];
  }

  activeOrgId({ orgId }: Environment): string {
    return orgId;
  }
}

@Controller()
@RequireOrgMember({ org: activeOrg() })
class NotificationsController {
  @Post('events')
  @RequireCaller('environment', 'user')
  trigger(@CurrentCaller('kind') kind: string, @CurrentOrg('orgId') orgId: string) {
    return { who: `${kind} of ${orgId === ACME_ID ? 'Acme' : 'another'}` };
  }

  @Get('members')
  @RequireUser()
  members(@CurrentCaller('kind') kind: string) {
    return { who: kind };
  }
}

/** As in Novu: dashboards with access tokens, servers with the key of an environment under a scheme of its own. */
@Module({
  imports: [PropelAuthModule.forRoot({ ...issuer.moduleOptions, callerKinds: [EnvironmentKeys] })],
  controllers: [NotificationsController],
  providers: [EnvironmentKeys],
})
export class NotificationsModule {}

interface PersonalAccess {
  readonly ownerId: string;
  readonly scopes: readonly string[];
}

const TOKENS: Record<string, PersonalAccess> = {
  'teable_a.secret.1': { ownerId: 'user-alice', scopes: ['record|read'] },
};

/** `Bearer teable_<id>.<secret>`: text with dots, told from access tokens by how it begins. */
@Injectable()
class PersonalTokens implements CallerKind<PersonalAccess> {
  readonly name = 'personal-token';
  readonly credential = [{ scheme: 'Bearer', prefix: 'teable_' }];

  identify(text: string): PersonalAccess | undefined {
    return Object.hasOwn(TOKENS, text) ? TOKENS[text] : undefined;
  }

  key({ ownerId }: PersonalAccess): string {
    return ownerId;
  }

  userId({ ownerId }: PersonalAccess): string {
    return ownerId;
  }

  scopes({ scopes }: PersonalAccess): readonly string[] {
    return scopes;
  }
}

/** Users who are invited to a base, whatever organization they are in. */
const COLLABORATORS: Record<string, Record<string, string>> = {
  roadmap: { 'user-alice': 'editor', 'user-carol': 'viewer' },
};
const ROLES = ['viewer', 'editor'];

@Injectable()
class BaseRoleRule implements AccessRule<[role: string], 'userId', 'not_a_collaborator'> {
  readonly name = 'base-role';
  readonly requires = ['userId'] as const;
  readonly denials = { not_a_collaborator: 404 } as const;
  readonly base = fromParam('baseId');

  describe(role: string) {
    return `${role} of the base`;
  }

  authorize(call: AccessCall<'userId'>, role: string) {
    const own = COLLABORATORS[call.read(this.base) ?? '']?.[call.userId];
    return own !== undefined && ROLES.indexOf(own) >= ROLES.indexOf(role);
  }
}

const RequireBaseRole = accessRule(BaseRoleRule);

@Controller('bases/:baseId/records')
@RequireCaller('user', 'personal-token')
class RecordsController {
  @Get()
  @RequireScope('record|read', { of: 'personal-token' })
  @RequireBaseRole('viewer')
  list(@CurrentCaller('kind') kind: string) {
    return { who: kind };
  }

  @Put()
  @RequireScope('record|update', { of: 'personal-token' })
  @RequireBaseRole('editor')
  change(@CurrentCaller('kind') kind: string) {
    return { who: kind };
  }
}

/** As in Teable: bases with individually invited users, and personal access tokens with scopes. */
@Module({
  imports: [PropelAuthModule.forRoot({ ...issuer.moduleOptions, callerKinds: [PersonalTokens] })],
  controllers: [RecordsController],
  providers: [BaseRoleRule, PersonalTokens],
})
export class BasesModule {}

/** Tokens of the application itself, for one purpose each. A workspace is an organization. */
const purpose = (name: string, type: string) =>
  jwtKind({
    name,
    claims: { iss: null, type },
    key: APP_SECRET,
    algorithms: ['HS256'],
    identity: ({ workspaceId }) => ({ workspaceId: String(workspaceId) }),
    memberships: ({ workspaceId }) => [{ orgId: workspaceId, role: 'Member' }],
    activeOrgId: ({ workspaceId }) => workspaceId,
  });

@Controller()
@RequireOrgMember({ org: activeOrg() })
class WorkspacesController {
  @Get('records')
  @RequireCaller('user', 'workspace-key')
  records(@CurrentCaller('kind') kind: string) {
    return { who: kind };
  }

  @Get('files')
  @RequireCaller('file')
  files(@CurrentCaller('kind') kind: string) {
    return { who: kind };
  }

  @Get('settings')
  @RequireUser()
  settings(@CurrentCaller('kind') kind: string) {
    return { who: kind };
  }
}

/** As in Twenty: one door for users and for keys that are JSON Web Tokens, and file tokens that open no other door. */
@Module({
  imports: [
    PropelAuthModule.forRoot({
      ...issuer.moduleOptions,
      callerKinds: [purpose('workspace-key', 'API_KEY'), purpose('file', 'FILE')],
    }),
  ],
  controllers: [WorkspacesController],
})
export class WorkspacesModule {}
