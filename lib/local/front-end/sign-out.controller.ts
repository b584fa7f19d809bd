import { Body, Controller, Headers, Post, Res, UseGuards, VERSION_NEUTRAL } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Public } from '../../decorators/public.decorator.js';
import { AllowedOrigins } from '../access/allowed-origins.js';
import { LocalOriginGuard } from '../access/local-origin.guard.js';
import { ExcludeFromOpenApi } from '../exclude-from-open-api.decorator.js';
import { OAuthParameters } from '../oauth/oauth-parameters.js';
import { errorPage } from '../pages/layout.js';
import { pageResponse, redirectTo, send, type PageResponse } from '../pages/page-response.js';
import { LocalSessions } from '../session/local-sessions.js';
import { ReturnAddresses } from './return-addresses.js';

/** Signs the user of a browser out, for the button on the local pages. */
@Controller({ path: 'propelauth/logout', version: VERSION_NEUTRAL })
@Public()
@UseGuards(LocalOriginGuard)
@ExcludeFromOpenApi()
export class SignOutController {
  constructor(
    private readonly sessions: LocalSessions,
    private readonly addresses: ReturnAddresses,
    private readonly origins: AllowedOrigins,
    private readonly host: HttpAdapterHost,
  ) {}

  @Post()
  signOut(
    @Headers('origin') origin: string | undefined,
    @Body() body: unknown,
    @Res() response: unknown,
  ): void {
    send(this.host.httpAdapter, response, this.respond(origin, new OAuthParameters(body)));
  }

  private respond(origin: string | undefined, parameters: OAuthParameters): PageResponse {
    if (!this.origins.maySendForms(origin)) {
      const reason = `Only a page of ${this.origins.own} can sign you out.`;
      return pageResponse(403, errorPage('You are not signed out', reason));
    }
    return redirectTo(this.addresses.read(parameters.get('rt')), this.sessions.removal);
  }
}
