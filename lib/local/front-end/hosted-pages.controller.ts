import type { IncomingMessage } from 'node:http';
import {
  Controller,
  Get,
  NotFoundException,
  Param,
  Query,
  Req,
  Res,
  UseFilters,
  UseGuards,
  VERSION_NEUTRAL,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Public } from '../../decorators/public.decorator.js';
import { LocalOriginGuard } from '../access/local-origin.guard.js';
import { LocalSecretGuard } from '../access/local-secret.guard.js';
import { pathWithoutSecret } from '../access/local-secret.js';
import { unwrapRequest } from '../access/raw-request.js';
import { ExcludeFromOpenApi } from '../exclude-from-open-api.decorator.js';
import { LocalProject } from '../local-project.js';
import { RequestParameters } from '../request-parameters.js';
import { HOSTED_PAGES, hostedPage, type HostedPage } from '../pages/hosted-page.js';
import { PageErrorFilter } from '../pages/page-error.filter.js';
import { pageResponse, redirectTo, send, type PageResponse } from '../pages/page-response.js';
import { LocalSessions } from '../session/local-sessions.js';
import { ReturnAddresses } from './return-addresses.js';

/** The pages of PropelAuth for signed-in users, to which front ends lead. */
@Controller({ path: 'propelauth/pages/:page', version: VERSION_NEUTRAL })
@Public()
@UseGuards(LocalOriginGuard, LocalSecretGuard)
@UseFilters(PageErrorFilter)
@ExcludeFromOpenApi()
export class HostedPagesController {
  constructor(
    private readonly project: LocalProject,
    private readonly sessions: LocalSessions,
    private readonly addresses: ReturnAddresses,
    private readonly host: HttpAdapterHost,
  ) {}

  @Get()
  showPage(
    @Param('page') name: string,
    @Req() request: unknown,
    @Query() query: unknown,
    @Res() response: unknown,
  ): void {
    const page = HOSTED_PAGES.get(name);
    if (page === undefined) throw new NotFoundException('PropelAuth has no such page.');
    const parameters = new RequestParameters(query);
    send(this.host.httpAdapter, response, this.respond(page, unwrapRequest(request), parameters));
  }

  /** Users who are not signed in do that first. */
  private respond(
    page: HostedPage,
    request: IncomingMessage,
    parameters: RequestParameters,
  ): PageResponse {
    const rt = parameters.get('rt');
    const returnAddress = this.addresses.read(rt);
    const user = this.sessions.userOf(request);
    if (user === undefined) {
      const thisPage = this.addresses.encode(pathWithoutSecret(request));
      return redirectTo(`/propelauth/login?${new URLSearchParams({ rt: thisPage }).toString()}`);
    }
    const orgId = parameters.get('id');
    const body = hostedPage(page, { user, orgId, rt, returnAddress }, this.project);
    return pageResponse(200, body, { next: returnAddress });
  }
}
