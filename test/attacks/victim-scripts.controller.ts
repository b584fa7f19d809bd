import { Controller, Get, Post, UseInterceptors } from '@nestjs/common';
import {
  CurrentApiKey,
  CurrentUser,
  DenyImpersonation,
  PropelAuthWebhook,
  RequireApiKey,
  RequireOrgMember,
  RequireOrgRole,
  RequireStepUpMfa,
  RequireUserOrApiKey,
  WebhookEvent,
  type ApiKeyValidation,
  type PropelAuthEvent,
  type User,
} from 'nestjs-propelauth';
import { letIn, LetInHeader } from './let-in.js';

/** The action of the step-up grants. */
export const WITHDRAW = 'WITHDRAW';

const ownerOf = ({ user, org }: ApiKeyValidation) => user?.userId ?? org?.orgId;

/** A route for each kind of credential other than an access token alone. */
@Controller()
@UseInterceptors(LetInHeader)
export class VictimScriptsController {
  @Get('key')
  @RequireApiKey()
  key(@CurrentApiKey() apiKey: ApiKeyValidation) {
    return { answer: letIn('key', ownerOf(apiKey)) };
  }

  @Get('key/personal')
  @RequireApiKey({ kind: 'personal' })
  personalKey(@CurrentApiKey() apiKey: ApiKeyValidation) {
    return { answer: letIn('personal-key', ownerOf(apiKey)) };
  }

  @Get('key/org')
  @RequireApiKey({ kind: 'org' })
  orgKey(@CurrentApiKey() apiKey: ApiKeyValidation) {
    return { answer: letIn('org-key', ownerOf(apiKey)) };
  }

  @Get('key/orgs/:orgId')
  @RequireApiKey()
  @RequireOrgMember()
  keyOfOrg(@CurrentApiKey() apiKey: ApiKeyValidation) {
    return { answer: letIn('key-of-org', ownerOf(apiKey)) };
  }

  @Get('key/admins/:orgId')
  @RequireApiKey()
  @RequireOrgRole('Admin')
  keyOfAdmin(@CurrentApiKey() apiKey: ApiKeyValidation) {
    return { answer: letIn('key-of-admin', ownerOf(apiKey)) };
  }

  @Get('key/owners/:orgId')
  @RequireApiKey()
  @RequireOrgRole('Owner')
  keyOfOwner(@CurrentApiKey() apiKey: ApiKeyValidation) {
    return { answer: letIn('key-of-owner', ownerOf(apiKey)) };
  }

  @Get('either')
  @RequireUserOrApiKey()
  either(@CurrentUser() user: User | null, @CurrentApiKey() apiKey: ApiKeyValidation | null) {
    return { answer: letIn('either', user?.userId ?? (apiKey ? ownerOf(apiKey) : undefined)) };
  }

  @Post('withdrawals')
  @RequireStepUpMfa(WITHDRAW)
  withdraw(@CurrentUser() user: User) {
    return { answer: letIn('withdrawal', user.userId) };
  }

  @Post('withdrawals/in-person')
  @RequireStepUpMfa(WITHDRAW)
  @DenyImpersonation()
  withdrawInPerson(@CurrentUser() user: User) {
    return { answer: letIn('withdrawal', user.userId) };
  }

  @Post('webhook')
  @PropelAuthWebhook()
  webhook(@WebhookEvent() event: PropelAuthEvent) {
    return { answer: letIn('webhook', event.event_type.replace('.', '-')) };
  }
}
