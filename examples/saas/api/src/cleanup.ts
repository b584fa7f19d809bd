import { Injectable } from '@nestjs/common';
import { eq } from 'drizzle-orm';
import { OnPropelAuthEvent, type PropelAuthEvent } from 'nestjs-propelauth';
import { CallerContext } from 'nestjs-propelauth/cls';
import { Database } from './database/database.service.js';
import { projects, tasks } from './database/schema.js';

/** Removes what deleted organizations and users leave behind. PropelAuth has signed the ids of the events, so the handlers may act on them. */
@Injectable()
export class Cleanup {
  constructor(
    private readonly caller: CallerContext,
    private readonly database: Database,
  ) {}

  @OnPropelAuthEvent('org.deleted')
  async deleteProjects({ org_id: orgId }: PropelAuthEvent<'org.deleted'>) {
    // All that the policy shows, which is this organization's. Tasks go with their projects.
    await this.caller.run({ org: { orgId } }, () =>
      this.database.inOrg(async (tx) => await tx.delete(projects)),
    );
  }

  @OnPropelAuthEvent('user.removed_from_org')
  async unassign({ org_id: orgId, user_id: userId }: PropelAuthEvent<'user.removed_from_org'>) {
    await this.caller.run({ org: { orgId } }, () =>
      this.database.inOrg(async (tx) => {
        await tx.update(projects).set({ leadId: null }).where(eq(projects.leadId, userId));
        await tx.update(tasks).set({ assigneeId: null }).where(eq(tasks.assigneeId, userId));
      }),
    );
  }

  @OnPropelAuthEvent('user.deleted')
  async unassignEverywhere({ user_id: userId }: PropelAuthEvent<'user.deleted'>) {
    await this.database.unassignEverywhere(userId);
  }
}
