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
import { AllowedOrigins } from './access/allowed-origins.js';
import { LocalOriginGuard } from './access/local-origin.guard.js';
import { LocalSecretGuard } from './access/local-secret.guard.js';
import { ExcludeFromOpenApi } from './exclude-from-open-api.decorator.js';
import { LocalProject } from './local-project.js';
import { OAuthParameters } from './oauth/oauth-parameters.js';
import { errorPage } from './pages/layout.js';
import { pageResponse, send, type PageResponse } from './pages/page-response.js';
import { stepUpGrantPage, usersPage } from './pages/users-page.js';

const ERROR_TITLE = 'No step-up grant was created';

/** Shows the users with their API keys, and creates step-up grants. PropelAuth has its own pages for both. */
@Controller({ path: 'propelauth/users', version: VERSION_NEUTRAL })
@Public()
@UseGuards(LocalOriginGuard, LocalSecretGuard)
@ExcludeFromOpenApi()
export class UsersController {
  constructor(
    private readonly project: LocalProject,
    private readonly origins: AllowedOrigins,
    private readonly host: HttpAdapterHost,
  ) {}

  @Get()
  showUsers(@Res() response: unknown): void {
    this.send(response, pageResponse(200, usersPage(this.project)));
  }

  /** Accepts a POST from the users page only, by its `Origin` header. */
  @Post('step-up-grant')
  createStepUpGrant(
    @Headers('origin') origin: string | undefined,
    @Body() body: unknown,
    @Res() response: unknown,
  ): void {
    this.send(
      response,
      this.origins.maySendForms(origin)
        ? this.stepUpGrant(new OAuthParameters(body))
        : pageResponse(
            403,
            errorPage(ERROR_TITLE, `Only a page of ${this.project.issuer.authUrl} can create one.`),
          ),
    );
  }

  private stepUpGrant(parameters: OAuthParameters): PageResponse {
    const user = this.project.findUser(parameters.get('user'));
    const actionType = parameters.get('action_type');
    if (user === undefined || actionType === undefined) {
      return pageResponse(
        400,
        errorPage(ERROR_TITLE, 'The user is unknown, or the action is missing.'),
      );
    }
    const { name, userId } = user;
    const grant = this.project.api.grantStepUp({ userId, actionType });
    return pageResponse(200, stepUpGrantPage(name, actionType, grant));
  }

  private send(response: unknown, page: PageResponse): void {
    send(this.host.httpAdapter, response, page);
  }
}
