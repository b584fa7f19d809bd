import { Controller, Get, Module, Post } from '@nestjs/common';
import {
  CurrentCaller,
  jwtKind,
  orgNameFromHost,
  PropelAuthModule,
  RequireCaller,
  RequireOrgMember,
  tokenFromCookie,
} from 'nestjs-propelauth';
import { issuer } from '../../support/guarded-application.js';
import { ACME_ID, GLOBEX_ID } from '../../support/project.js';
import { APP_SECRET } from './keys.js';

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
export class DocumentsController {
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
