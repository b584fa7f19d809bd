import { Controller, Get, Injectable, Module, Put } from '@nestjs/common';
import {
  type AccessCall,
  type AccessRule,
  accessRule,
  CurrentCaller,
  fromParam,
  PropelAuthModule,
  RequireCaller,
  RequireScope,
  type CallerKind,
} from 'nestjs-propelauth';
import { issuer } from '../../support/guarded-application.js';

interface PersonalAccess {
  readonly ownerId: string;
  readonly scopes: readonly string[];
}

const TOKENS: Record<string, PersonalAccess> = {
  'teable_a.secret.1': { ownerId: 'user-alice', scopes: ['record|read'] },
};

/** `Bearer teable_<id>.<secret>`: text with dots, told from access tokens by how it begins. */
@Injectable()
export class PersonalTokens implements CallerKind<PersonalAccess> {
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
export class BaseRoleRule implements AccessRule<[role: string], 'userId', 'not_a_collaborator'> {
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
export class RecordsController {
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
