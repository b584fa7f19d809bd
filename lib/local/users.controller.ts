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
import { Public } from '../decorators/public.decorator.js';
import { ACCESS_TOKEN_LIFETIME_SECONDS } from './issuer/test-issuer.js';
import { AllowedOrigins } from './access/allowed-origins.js';
import { LocalOriginGuard } from './access/local-origin.guard.js';
import { LocalSecretGuard } from './access/local-secret.guard.js';
import { ApplicationAccess } from './application-access.js';
import { callCommand } from './curl-commands.js';
import { LocalEvents } from './events/local-events.js';
import { ExcludeFromOpenApi } from './exclude-from-open-api.decorator.js';
import { LocalProject, type ProjectUser } from './local-project.js';
import { RequestParameters } from './request-parameters.js';
import { COPY_SCRIPT } from './pages/copy-buttons.js';
import { errorPage } from './pages/layout.js';
import { PageErrorFilter } from './pages/page-error.filter.js';
import { pageResponse, send, type PageResponse } from './pages/page-response.js';
import { accessTokenPage, stepUpGrantPage, usersPage } from './pages/users-page.js';

const ERROR_TITLE = 'No step-up grant was created';
const TOKEN_MINUTES = ACCESS_TOKEN_LIFETIME_SECONDS / 60;

/** Shows the users, their access tokens and API keys, and creates step-up grants. PropelAuth has its own pages for these. */
@Controller({ path: 'propelauth/users', version: VERSION_NEUTRAL })
@Public()
@UseGuards(LocalOriginGuard, LocalSecretGuard)
@UseFilters(PageErrorFilter)
@ExcludeFromOpenApi()
export class UsersController {
  constructor(
    private readonly project: LocalProject,
    private readonly access: ApplicationAccess,
    private readonly events: LocalEvents,
    private readonly origins: AllowedOrigins,
    private readonly host: HttpAdapterHost,
  ) {}

  @Get()
  showUsers(@Query() query: unknown, @Res() response: unknown): void {
    const { project, events } = this;
    const search = new RequestParameters(query).get('search') ?? '';
    const page = usersPage({ project, events, search, actions: this.access.stepUpActions() });
    this.send(response, pageResponse(200, page, { script: COPY_SCRIPT }));
  }

  /** A page of its own, so that the page with all users has no tokens. */
  @Get('access-token')
  async showAccessToken(@Query() query: unknown, @Res() response: unknown): Promise<void> {
    const user = this.project.findUser(new RequestParameters(query).get('user'));
    this.send(response, await this.accessTokenResponse(user));
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
        ? this.stepUpGrant(new RequestParameters(body))
        : pageResponse(
            403,
            errorPage(
              ERROR_TITLE,
              `Only pages of ${this.project.issuer.authUrl} can create step-up grants.`,
            ),
          ),
    );
  }

  private async accessTokenResponse(user: ProjectUser | undefined): Promise<PageResponse> {
    if (user === undefined) {
      return pageResponse(404, errorPage('No access token was created', 'The user is unknown.'));
    }
    const token = await this.project.accessTokenOf(user);
    const url = this.project.issuer.authUrl + this.access.pathForUsers();
    const name = this.project.fullNameOf(user);
    const page = accessTokenPage(name, token, callCommand(token, url), TOKEN_MINUTES);
    return pageResponse(200, page, { script: COPY_SCRIPT });
  }

  private stepUpGrant(parameters: RequestParameters): PageResponse {
    const user = this.project.findUser(parameters.get('user'));
    const actionType = parameters.get('action_type');
    if (user === undefined || actionType === undefined) {
      return pageResponse(
        400,
        errorPage(ERROR_TITLE, 'The user is unknown, or the action is missing.'),
      );
    }
    const grant = this.project.api.grantStepUp({ userId: user.userId, actionType });
    const page = stepUpGrantPage(this.project.fullNameOf(user), actionType, grant);
    return pageResponse(200, page, { script: COPY_SCRIPT });
  }

  private send(response: unknown, page: PageResponse): void {
    send(this.host.httpAdapter, response, page);
  }
}
