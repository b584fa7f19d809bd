import {
  Controller,
  Get,
  HttpException,
  Post,
  Req,
  UseInterceptors,
  type RawBodyRequest,
} from '@nestjs/common';
import {
  CurrentApiKey,
  CurrentUser,
  DenyImpersonation,
  PropelAuthWebhooks,
  Public,
  RequireApiKey,
  RequireOrgMember,
  RequireOrgRole,
  RequireStepUpMfa,
  RequireUserOrApiKey,
  type ApiKeyValidation,
  type WebhookRequest,
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
  constructor(private readonly webhooks: PropelAuthWebhooks) {}

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
  @Public()
  async webhook(@Req() { headers, rawBody }: RawBodyRequest<WebhookRequest>) {
    const { status, body } = await this.webhooks.receive({ headers, rawBody });
    if (status !== 204) throw new HttpException(JSON.parse(String(body)) as object, status);
    return { answer: letIn('webhook', 'an-event') };
  }
}
