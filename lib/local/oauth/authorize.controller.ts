import {
  Body,
  Controller,
  Get,
  Headers,
  Post,
  Query,
  Res,
  UseGuards,
  VERSION_NEUTRAL,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Public } from '../../decorators/public.decorator.js';
import { ExcludeFromOpenApi } from '../exclude-from-open-api.decorator.js';
import { LocalProject, type Person } from '../local-project.js';
import { LoopbackOnlyGuard } from '../loopback-only.js';
import { refusalPage } from '../pages/layout.js';
import { pageResponse, redirectResponse, send, type PageResponse } from '../pages/page-response.js';
import { signInPage } from '../pages/sign-in-page.js';
import { AuthorizationCodes } from './authorization-codes.js';
import {
  AuthorizationError,
  readAuthorizationRequest,
  UnknownClientError,
  type AuthorizationRequest,
} from './authorization-request.js';
import { OAuthClient } from './oauth-client.js';
import { OAuthParameters } from './oauth-parameters.js';

const CANNOT_SIGN_IN = 'You cannot sign in like this';

/**
 * PropelAuth's endpoint of this path has people sign in; here they say who they are.
 *
 * A GET only shows the page, whoever has the browser send it. It takes a POST to make a code, and
 * one from this page: a form on another site could send one as well, but browsers say of every POST
 * where it comes from.
 */
@Controller({ path: 'propelauth/oauth/authorize', version: VERSION_NEUTRAL })
@Public()
@UseGuards(LoopbackOnlyGuard)
@ExcludeFromOpenApi()
export class AuthorizeController {
  constructor(
    private readonly client: OAuthClient,
    private readonly codes: AuthorizationCodes,
    private readonly project: LocalProject,
    private readonly host: HttpAdapterHost,
  ) {}

  @Get()
  showPeople(@Query() query: unknown, @Res() response: unknown): void {
    const parameters = new OAuthParameters(query);
    this.send(
      response,
      this.answer(parameters, () => pageResponse(200, signInPage(parameters, this.project))),
    );
  }

  @Post()
  signIn(
    @Headers('origin') origin: string | undefined,
    @Body() body: unknown,
    @Res() response: unknown,
  ): void {
    const { authUrl } = this.project.issuer;
    this.send(
      response,
      origin === authUrl
        ? this.signInAs(new OAuthParameters(body))
        : refuse(403, `Only a page of ${authUrl} can sign you in.`),
    );
  }

  private signInAs(parameters: OAuthParameters): PageResponse {
    return this.answer(parameters, (request) => {
      const person = this.project.findPerson(parameters.get('user'));
      if (person === undefined) return refuse(400, 'There is no such person.');
      return this.redirect(parameters, { code: this.issueCode(person, request) });
    });
  }

  private issueCode(person: Person, { orgId, codeChallenge }: AuthorizationRequest): string {
    if (orgId !== undefined && !this.project.isMemberOf(person, orgId)) {
      throw new AuthorizationError('access_denied', `${person.name} is not in the organization.`);
    }
    const { id: clientId, redirectUri } = this.client;
    return this.codes.issue({ person, orgId, clientId, redirectUri, codeChallenge });
  }

  /** The answer to a request that is in order, or what is wrong with it. */
  private answer(
    parameters: OAuthParameters,
    toRequest: (request: AuthorizationRequest) => PageResponse,
  ): PageResponse {
    try {
      return toRequest(readAuthorizationRequest(parameters, this.client));
    } catch (error) {
      if (error instanceof UnknownClientError) return refuse(400, error.message);
      if (!(error instanceof AuthorizationError)) throw error;
      return this.redirect(parameters, { error: error.code, error_description: error.message });
    }
  }

  private redirect(parameters: OAuthParameters, result: Record<string, string>): PageResponse {
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

function refuse(status: number, reason: string): PageResponse {
  return pageResponse(status, refusalPage(CANNOT_SIGN_IN, reason));
}
