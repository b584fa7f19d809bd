import { Controller, Get, Module } from '@nestjs/common';
import {
  activeOrg,
  CurrentCaller,
  jwtKind,
  PropelAuthModule,
  RequireCaller,
  RequireOrgMember,
  RequireUser,
} from 'nestjs-propelauth';
import { issuer } from '../../support/guarded-application.js';
import { APP_SECRET } from './keys.js';

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
export class WorkspacesController {
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
