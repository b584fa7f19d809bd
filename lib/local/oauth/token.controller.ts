import {
  Body,
  Controller,
  Header,
  Headers,
  HttpCode,
  Post,
  UseGuards,
  VERSION_NEUTRAL,
} from '@nestjs/common';
import { Public } from '../../decorators/public.decorator.js';
import { ACCESS_TOKEN_LIFETIME_SECONDS } from '../../testing/issuer/test-issuer.js';
import { ExcludeFromOpenApi } from '../exclude-from-open-api.decorator.js';
import { LocalProject, type Person } from '../local-project.js';
import { LoopbackOnlyGuard } from '../loopback-only.js';
import { AuthorizationCodes } from './authorization-codes.js';
import { OAuthClient } from './oauth-client.js';
import { TokenError } from './token-error.js';
import { readTokenRequest } from './token-request.js';

/** What the token endpoint answers (RFC 6749, section 5.1). */
interface TokenResponse {
  access_token: string;
  token_type: 'Bearer';
  expires_in: number;
}

/**
 * PropelAuth's endpoint of this path: an access token for a code. No CORS headers here either: the
 * client is a page of this very origin.
 */
@Controller({ path: 'propelauth/oauth/token', version: VERSION_NEUTRAL })
@Public()
@UseGuards(LoopbackOnlyGuard)
@ExcludeFromOpenApi()
export class TokenController {
  constructor(
    private readonly client: OAuthClient,
    private readonly codes: AuthorizationCodes,
    private readonly project: LocalProject,
  ) {}

  @Post()
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async token(
    @Headers('content-type') contentType: string | undefined,
    @Body() body: unknown,
  ): Promise<TokenResponse> {
    const redemption = readTokenRequest(contentType, body, this.client);
    const { person, orgId } = this.codes.redeem(redemption);
    return {
      access_token: await this.accessTokenOf(person, orgId),
      token_type: 'Bearer',
      expires_in: ACCESS_TOKEN_LIFETIME_SECONDS,
    };
  }

  /** @throws {TokenError} when the person has been removed, or has left the organization, since */
  private async accessTokenOf(person: Person, orgId: string | undefined): Promise<string> {
    const isThere = this.project.findPerson(person.name)?.userId === person.userId;
    if (!isThere || (orgId !== undefined && !this.project.isMemberOf(person, orgId))) {
      throw new TokenError('invalid_grant', `${person.name} is not there any more.`);
    }
    return this.project.accessTokenOf(person, orgId);
  }
}
