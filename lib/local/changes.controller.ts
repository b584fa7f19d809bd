import {
  Body,
  Controller,
  Headers,
  Post,
  Res,
  UseFilters,
  UseGuards,
  VERSION_NEUTRAL,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Public } from '../decorators/public.decorator.js';
import { AllowedOrigins } from './access/allowed-origins.js';
import { LocalOriginGuard } from './access/local-origin.guard.js';
import { LocalSecretGuard } from './access/local-secret.guard.js';
import { LocalEvents } from './events/local-events.js';
import { ExcludeFromOpenApi } from './exclude-from-open-api.decorator.js';
import { LocalProject } from './local-project.js';
import { errorPage } from './pages/layout.js';
import { PageErrorFilter } from './pages/page-error.filter.js';
import { pageResponse, redirectTo, send, type PageResponse } from './pages/page-response.js';
import { changeProject } from './project-changes.js';
import { RequestParameters } from './request-parameters.js';

const ERROR_TITLE = 'Nothing was changed';

/** Changes users and organizations, and sends the application an event about it. PropelAuth has its dashboard for this. */
@Controller({ path: 'propelauth/users/change', version: VERSION_NEUTRAL })
@Public()
@UseGuards(LocalOriginGuard, LocalSecretGuard)
@UseFilters(PageErrorFilter)
@ExcludeFromOpenApi()
export class ChangesController {
  constructor(
    private readonly project: LocalProject,
    private readonly events: LocalEvents,
    private readonly origins: AllowedOrigins,
    private readonly host: HttpAdapterHost,
  ) {}

  /** Accepts a POST from the users page only, by its `Origin` header. */
  @Post()
  async change(
    @Headers('origin') origin: string | undefined,
    @Body() body: unknown,
    @Res() response: unknown,
  ): Promise<void> {
    const page = this.origins.maySendForms(origin)
      ? await this.changeBy(new RequestParameters(body))
      : pageResponse(
          403,
          errorPage(ERROR_TITLE, `Only pages of ${this.project.issuer.authUrl} can make changes.`),
        );
    send(this.host.httpAdapter, response, page);
  }

  /** Back to the page of the form, which shows what became of the event. */
  private async changeBy(form: RequestParameters): Promise<PageResponse> {
    const event = changeProject(this.project.api.project, form);
    if (event === undefined) {
      return pageResponse(
        400,
        errorPage(ERROR_TITLE, 'The user, the organization or the role is unknown.'),
      );
    }
    await this.events.send(event);
    const search = form.get('search');
    const query = search === undefined ? '' : `?${new URLSearchParams({ search }).toString()}`;
    return redirectTo(`/propelauth/users${query}`);
  }
}
