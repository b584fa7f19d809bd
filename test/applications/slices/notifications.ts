import { Controller, Get, Injectable, Module, Post } from '@nestjs/common';
import {
  activeOrg,
  CurrentCaller,
  CurrentOrg,
  PropelAuthModule,
  RequireCaller,
  RequireOrgMember,
  RequireUser,
  type CallerKind,
} from 'nestjs-propelauth';
import { issuer } from '../../support/guarded-application.js';
import { ACME_ID } from '../../support/project.js';

interface Environment {
  readonly id: string;
  readonly orgId: string;
}

const ENVIRONMENTS: Record<string, Environment> = {
  'key-of-production': { id: 'production', orgId: ACME_ID },
};

/** `Authorization: ApiKey …`: the key of an environment, which belongs to one organization. */
@Injectable()
export class EnvironmentKeys implements CallerKind<Environment> {
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
export class NotificationsController {
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
