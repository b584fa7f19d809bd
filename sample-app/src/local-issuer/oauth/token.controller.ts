import { Body, Controller, Header, Headers, HttpCode, Post } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from 'nestjs-propelauth';
import { ACCESS_TOKEN_LIFETIME_SECONDS, LocalIssuer } from '../local-issuer.js';
import { AuthorizationCodes } from './authorization-codes.js';
import { OAuthClient } from './oauth-client.js';
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
@Controller('propelauth/oauth/token')
@Public()
@ApiExcludeController()
export class TokenController {
  constructor(
    private readonly client: OAuthClient,
    private readonly codes: AuthorizationCodes,
    private readonly issuer: LocalIssuer,
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
      access_token: await this.issuer.accessTokenOf(person, orgId),
      token_type: 'Bearer',
      expires_in: ACCESS_TOKEN_LIFETIME_SECONDS,
    };
  }
}
