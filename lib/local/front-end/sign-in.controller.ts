import {
  Body,
  Controller,
  Get,
  Headers,
  Post,
  Query,
  Res,
  UseFilters,
  UseGuards,
  VERSION_NEUTRAL,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Public } from '../../decorators/public.decorator.js';
import { AllowedOrigins } from '../access/allowed-origins.js';
import { LocalOriginGuard } from '../access/local-origin.guard.js';
import { LocalSecretGuard } from '../access/local-secret.guard.js';
import { ExcludeFromOpenApi } from '../exclude-from-open-api.decorator.js';
import { LocalProject } from '../local-project.js';
import { RequestParameters } from '../request-parameters.js';
import { PageErrorFilter } from '../pages/page-error.filter.js';
import { pageResponse, redirectTo, send, type PageResponse } from '../pages/page-response.js';
import { signInErrorPage, signInPage } from '../pages/sign-in-page.js';
import { LocalSessions } from '../session/local-sessions.js';
import { ReturnAddresses } from './return-addresses.js';

/**
 * Signs a user in to the browser, for front ends. A form on another site could also send a POST and so choose the user, but browsers
 * send the `Origin` header with it.
 */
@Controller({ path: 'propelauth/login', version: VERSION_NEUTRAL })
@Public()
@UseGuards(LocalOriginGuard, LocalSecretGuard)
@UseFilters(PageErrorFilter)
@ExcludeFromOpenApi()
export class SignInController {
  constructor(
    private readonly project: LocalProject,
    private readonly sessions: LocalSessions,
    private readonly addresses: ReturnAddresses,
    private readonly origins: AllowedOrigins,
    private readonly host: HttpAdapterHost,
  ) {}

  @Get()
  showSignInPage(@Query() query: unknown, @Res() response: unknown): void {
    const rt = new RequestParameters(query).get('rt');
    const page = signInPage(this.project, { rt });
    this.send(response, pageResponse(200, page, { next: this.addresses.read(rt) }));
  }

  @Post()
  signIn(
    @Headers('origin') origin: string | undefined,
    @Body() body: unknown,
    @Res() response: unknown,
  ): void {
    this.send(response, this.signInAs(origin, new RequestParameters(body)));
  }

  private signInAs(origin: string | undefined, parameters: RequestParameters): PageResponse {
    if (!this.origins.maySendForms(origin)) {
      return pageResponse(
        403,
        signInErrorPage(`Only a page of ${this.project.issuer.authUrl} can sign you in.`),
      );
    }
    const address = this.addresses.read(parameters.get('rt'));
    const user = this.project.findUser(parameters.get('user'));
    if (user === undefined) return pageResponse(400, signInErrorPage('There is no such user.'));
    return redirectTo(address, this.sessions.cookieFor(user));
  }

  private send(response: unknown, page: PageResponse): void {
    send(this.host.httpAdapter, response, page);
  }
}
