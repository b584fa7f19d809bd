import { Body, Controller, Get, Headers, Post, Query } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from 'nestjs-propelauth';
import { LocalIssuer } from '../local-issuer.js';
import { isMemberOf, PEOPLE, type Person } from '../people.js';
import { AuthorizationCodes } from './authorization-codes.js';
import {
  AuthorizationError,
  readAuthorizationRequest,
  UnknownClientError,
  type AuthorizationRequest,
} from './authorization-request.js';
import { OAuthClient } from './oauth-client.js';
import { OAuthParameters } from './oauth-parameters.js';
import { pageResponse, redirectResponse } from './responses.js';
import { peoplePage, refusalPage } from './sign-in-page.js';

/**
 * PropelAuth's endpoint of this path has people sign in; here they say who they are.
 *
 * A GET only shows the page, whoever has the browser send it. It takes a POST to make a code, and
 * one from this page: a form on another site could send one as well, but browsers say of every POST
 * where it comes from.
 */
@Controller('propelauth/oauth/authorize')
@Public()
@ApiExcludeController()
export class AuthorizeController {
  constructor(
    private readonly client: OAuthClient,
    private readonly codes: AuthorizationCodes,
    private readonly issuer: LocalIssuer,
  ) {}

  @Get()
  showPeople(@Query() query: unknown): Response {
    const parameters = new OAuthParameters(query);
    return this.answer(parameters, () => pageResponse(200, peoplePage(parameters)));
  }

  @Post()
  signIn(@Headers('origin') origin: string | undefined, @Body() body: unknown): Response {
    if (origin !== this.issuer.origin) {
      return pageResponse(
        403,
        refusalPage(`Only a page of ${this.issuer.origin} can sign you in.`),
      );
    }
    const parameters = new OAuthParameters(body);
    return this.answer(parameters, (request) => {
      const person = PEOPLE.find(({ name }) => name === parameters.get('user'));
      if (person === undefined) return pageResponse(400, refusalPage('There is no such person.'));
      return this.redirect(parameters, { code: this.issueCode(person, request) });
    });
  }

  private issueCode(person: Person, { orgId, codeChallenge }: AuthorizationRequest): string {
    if (orgId !== undefined && !isMemberOf(person, orgId)) {
      throw new AuthorizationError('access_denied', `${person.name} is not in the organization.`);
    }
    const { id: clientId, redirectUri } = this.client;
    return this.codes.issue({ person, orgId, clientId, redirectUri, codeChallenge });
  }

  /** The answer to a request that is in order, or what is wrong with it. */
  private answer(
    parameters: OAuthParameters,
    toRequest: (request: AuthorizationRequest) => Response,
  ): Response {
    try {
      return toRequest(readAuthorizationRequest(parameters, this.client));
    } catch (error) {
      if (error instanceof UnknownClientError) return pageResponse(400, refusalPage(error.message));
      if (!(error instanceof AuthorizationError)) throw error;
      return this.redirect(parameters, { error: error.code, error_description: error.message });
    }
  }

  private redirect(parameters: OAuthParameters, result: Record<string, string>): Response {
    const state = parameters.get('state');
    return redirectResponse(this.client.redirectUri, {
      ...result,
      ...(state !== undefined && { state }),
    });
  }
}
