import {
  Body,
  Controller,
  Get,
  Headers,
  Post,
  Res,
  UseGuards,
  VERSION_NEUTRAL,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Public } from '../decorators/public.decorator.js';
import { ExcludeFromOpenApi } from './exclude-from-open-api.decorator.js';
import { LocalProject } from './local-project.js';
import { LoopbackOnlyGuard } from './loopback-only.js';
import { LoopbackOriginGuard } from './loopback-origin.guard.js';
import { OAuthParameters } from './oauth/oauth-parameters.js';
import { refusalPage } from './pages/layout.js';
import { pageResponse, send, type PageResponse } from './pages/page-response.js';
import { peoplePage, stepUpGrantPage } from './pages/users-page.js';

const CANNOT = 'There is no grant like this';

/** Shows who there is, with their API keys, and makes step-up grants: what in PropelAuth people do on its own pages. */
@Controller({ path: 'propelauth/people', version: VERSION_NEUTRAL })
@Public()
@UseGuards(LoopbackOnlyGuard, LoopbackOriginGuard)
@ExcludeFromOpenApi()
export class PeopleController {
  constructor(
    private readonly project: LocalProject,
    private readonly host: HttpAdapterHost,
  ) {}

  @Get()
  showPeople(@Res() response: unknown): void {
    this.send(response, pageResponse(200, peoplePage(this.project)));
  }

  /** From the people page alone: browsers say of every POST where it comes from. */
  @Post('step-up-grant')
  makeStepUpGrant(
    @Headers('origin') origin: string | undefined,
    @Body() body: unknown,
    @Res() response: unknown,
  ): void {
    const { authUrl } = this.project.issuer;
    const parameters = new OAuthParameters(body);
    this.send(
      response,
      origin === authUrl
        ? this.stepUpGrant(parameters)
        : pageResponse(403, refusalPage(CANNOT, `Only a page of ${authUrl} can get one.`)),
    );
  }

  private stepUpGrant(parameters: OAuthParameters): PageResponse {
    const person = this.project.findPerson(parameters.get('user'));
    const actionType = parameters.get('action_type');
    if (person === undefined || actionType === undefined) {
      return pageResponse(400, refusalPage(CANNOT, 'Say for whom, and for which action.'));
    }
    const { name, userId } = person;
    const grant = this.project.api.grantStepUp({ userId, actionType });
    return pageResponse(200, stepUpGrantPage(name, actionType, grant));
  }

  private send(response: unknown, page: PageResponse): void {
    send(this.host.httpAdapter, response, page);
  }
}
