import {
  Body,
  Controller,
  Header,
  Headers,
  HttpCode,
  Post,
  Res,
  UseGuards,
  VERSION_NEUTRAL,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Public } from '../../decorators/public.decorator.js';
import { ACCESS_TOKEN_LIFETIME_SECONDS } from '../issuer/test-issuer.js';
import { LocalOriginGuard } from '../access/local-origin.guard.js';
import { ExcludeFromOpenApi } from '../exclude-from-open-api.decorator.js';
import { LocalProject, type ProjectUser } from '../local-project.js';
import { AuthorizationCodes } from './authorization-codes.js';
import { OAuthClient } from './oauth-client.js';
import { TokenError } from './token-error.js';
import { readTokenRequest } from './token-request.js';

/** The response of the token endpoint (RFC 6749, section 5.1). */
interface TokenResponse {
  access_token: string;
  token_type: 'Bearer';
  expires_in: number;
}

/**
 * PropelAuth's endpoint with this path: exchanges a code for an access token. It needs no secret: only the sign-in page, which does,
 * creates codes.
 */
@Controller({ path: 'propelauth/oauth/token', version: VERSION_NEUTRAL })
@Public()
@UseGuards(LocalOriginGuard)
@ExcludeFromOpenApi()
export class TokenController {
  constructor(
    private readonly client: OAuthClient,
    private readonly codes: AuthorizationCodes,
    private readonly project: LocalProject,
    private readonly host: HttpAdapterHost,
  ) {}

  /** Sends the response itself: the application may have interceptors that wrap what handlers return. */
  @Post()
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async token(
    @Headers('content-type') contentType: string | undefined,
    @Body() body: unknown,
    @Res() response: unknown,
  ): Promise<void> {
    const redemption = readTokenRequest(contentType, body, this.client);
    const { user, orgId } = this.codes.redeem(redemption);
    const answer: TokenResponse = {
      access_token: await this.accessTokenOf(user, orgId),
      token_type: 'Bearer',
      expires_in: ACCESS_TOKEN_LIFETIME_SECONDS,
    };
    this.host.httpAdapter.reply(response, answer);
  }

  /** @throws {TokenError} if the user has since been deleted, or has left the organization */
  private async accessTokenOf(user: ProjectUser, orgId: string | undefined): Promise<string> {
    const exists = this.project.findUser(user.name)?.userId === user.userId;
    if (!exists || (orgId !== undefined && !this.project.isMemberOf(user, orgId))) {
      throw new TokenError(
        'invalid_grant',
        `${user.name} no longer exists, or is not in the organization.`,
      );
    }
    return this.project.accessTokenOf(user, orgId);
  }
}
