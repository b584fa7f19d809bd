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
import { LocalProject, type ProjectUser } from '../local-project.js';
import { PageErrorFilter } from '../pages/page-error.filter.js';
import { pageResponse, redirectResponse, send, type PageResponse } from '../pages/page-response.js';
import { signInErrorPage, signInPage } from '../pages/sign-in-page.js';
import { AuthorizationCodes } from './authorization-codes.js';
import {
  AuthorizationError,
  readAuthorizationRequest,
  UnknownClientError,
  type AuthorizationRequest,
} from './authorization-request.js';
import { OAuthClient } from './oauth-client.js';
import { RequestParameters } from '../request-parameters.js';

/** The parameters of the authorization request that the form sends again. */
const KEPT_PARAMETERS = [
  'client_id',
  'redirect_uri',
  'response_type',
  'state',
  'org_id',
  'code_challenge',
  'code_challenge_method',
];

/**
 * PropelAuth's endpoint with this path signs users in. Here, you choose the user.
 *
 * A GET only shows the page. Only a POST from this page creates a code: a form on another site could also send a POST, but
 * browsers send the `Origin` header with it.
 */
@Controller({ path: 'propelauth/oauth/authorize', version: VERSION_NEUTRAL })
@Public()
@UseGuards(LocalOriginGuard, LocalSecretGuard)
@UseFilters(PageErrorFilter)
@ExcludeFromOpenApi()
export class AuthorizeController {
  constructor(
    private readonly client: OAuthClient,
    private readonly codes: AuthorizationCodes,
    private readonly project: LocalProject,
    private readonly origins: AllowedOrigins,
    private readonly host: HttpAdapterHost,
  ) {}

  @Get()
  showSignInPage(@Query() query: unknown, @Res() response: unknown): void {
    const parameters = new RequestParameters(query);
    this.send(
      response,
      this.respond(parameters, () => this.signInPage(parameters)),
    );
  }

  @Post()
  signIn(
    @Headers('origin') origin: string | undefined,
    @Body() body: unknown,
    @Res() response: unknown,
  ): void {
    this.send(
      response,
      this.origins.maySendForms(origin)
        ? this.signInAs(new RequestParameters(body))
        : pageResponse(
            403,
            signInErrorPage(`Only a page of ${this.project.issuer.authUrl} can sign you in.`),
          ),
    );
  }

  private signInPage(parameters: RequestParameters): PageResponse {
    const kept = Object.fromEntries(KEPT_PARAMETERS.map((name) => [name, parameters.get(name)]));
    return pageResponse(200, signInPage(this.project, kept), { next: this.client.redirectUri });
  }

  private signInAs(parameters: RequestParameters): PageResponse {
    return this.respond(parameters, (request) => {
      const user = this.project.findUser(parameters.get('user'));
      if (user === undefined) return pageResponse(400, signInErrorPage('There is no such user.'));
      return this.redirect(parameters, { code: this.issueCode(user, request) });
    });
  }

  private issueCode(user: ProjectUser, { orgId, codeChallenge }: AuthorizationRequest): string {
    if (orgId !== undefined && !this.project.isMemberOf(user, orgId)) {
      throw new AuthorizationError('access_denied', `${user.name} is not in the organization.`);
    }
    const { id: clientId, redirectUri } = this.client;
    return this.codes.issue({ user, orgId, clientId, redirectUri, codeChallenge });
  }

  /** Responds to a valid request, or with the error. */
  private respond(
    parameters: RequestParameters,
    handle: (request: AuthorizationRequest) => PageResponse,
  ): PageResponse {
    try {
      return handle(readAuthorizationRequest(parameters, this.client));
    } catch (error) {
      if (error instanceof UnknownClientError)
        return pageResponse(400, signInErrorPage(error.message));
      if (!(error instanceof AuthorizationError)) throw error;
      return this.redirect(parameters, { error: error.code, error_description: error.message });
    }
  }

  private redirect(parameters: RequestParameters, result: Record<string, string>): PageResponse {
    const state = parameters.get('state');
    return redirectResponse(this.client.redirectUri, {
      ...result,
      ...(state !== undefined && { state }),
    });
  }

  private send(response: unknown, page: PageResponse): void {
    send(this.host.httpAdapter, response, page);
  }
}
