import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  Body,
  Controller,
  Get,
  Headers,
  Param,
  Post,
  Req,
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
import { unwrapRequest } from '../access/raw-request.js';
import { ExcludeFromOpenApi } from '../exclude-from-open-api.decorator.js';
import { LocalProject, type ProjectUser } from '../local-project.js';
import { consentPage, readScopes } from '../pages/consent-page.js';
import { PageErrorFilter } from '../pages/page-error.filter.js';
import { pageResponse, redirectTo, send, type PageResponse } from '../pages/page-response.js';
import { signInErrorPage, signInPage } from '../pages/sign-in-page.js';
import { RequestParameters } from '../request-parameters.js';
import type { Authorization, AuthorizationRequest } from './authorization-server-parts.js';
import { AuthorizationServer } from './authorization-server.js';

/** The request and response of Node.js, with the id of the authorization request that they are about. */
interface Exchange {
  readonly id: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/**
 * The page on which a user authorizes a client: first who, then what. PropelAuth has a page of its own for it.
 *
 * A POST that changes something comes from this page only, by its `Origin` header, and from the browser that has begun the
 * authorization request, by its cookie.
 */
@Controller({ path: 'propelauth/mcp/authorize/:id', version: VERSION_NEUTRAL })
@Public()
@UseGuards(LocalOriginGuard, LocalSecretGuard)
@UseFilters(PageErrorFilter)
@ExcludeFromOpenApi()
export class ConsentController {
  constructor(
    private readonly server: AuthorizationServer,
    private readonly project: LocalProject,
    private readonly origins: AllowedOrigins,
    private readonly host: HttpAdapterHost,
  ) {}

  @Get()
  async showSignInPage(
    @Param('id') id: string,
    @Req() request: unknown,
    @Res() response: unknown,
  ): Promise<void> {
    const exchange = exchangeOf(id, request, response);
    const pending = await this.findRequest(exchange);
    const page = pending ? this.page(signInPage(this.project, {}), pending) : EXPIRED;
    this.send(response, page);
  }

  @Post()
  async proceed(
    @Param('id') id: string,
    @Headers('origin') origin: string | undefined,
    @Body() body: unknown,
    @Req() request: unknown,
    @Res() response: unknown,
  ): Promise<void> {
    const page = this.origins.maySendForms(origin)
      ? await this.respondTo(new RequestParameters(body), exchangeOf(id, request, response))
      : pageResponse(
          403,
          signInErrorPage(`Only a page of ${this.project.issuer.authUrl} can authorize a client.`),
        );
    this.send(response, page);
  }

  private async respondTo(form: RequestParameters, exchange: Exchange): Promise<PageResponse> {
    const pending = await this.findRequest(exchange);
    if (pending === undefined) return EXPIRED;
    const decision = form.get('decision');
    if (decision === 'deny') return this.finish(exchange, undefined);
    const user = this.project.findUser(form.get('user'));
    if (user === undefined) return pageResponse(400, signInErrorPage('There is no such user.'));
    if (decision !== 'allow') return this.page(consentPage(this.project, user, pending), pending);
    const authorization = this.authorizationOf(user, form, pending);
    if (authorization !== undefined) return this.finish(exchange, authorization);
    const reason = `${user.name} is not in the organization.`;
    return pageResponse(400, signInErrorPage(reason));
  }

  /** What the user allows the client; `undefined` if the user is not in the organization. */
  private authorizationOf(
    user: ProjectUser,
    form: RequestParameters,
    { scopes }: AuthorizationRequest,
  ): Authorization | undefined {
    const orgId = form.get('org');
    if (orgId !== undefined && !this.project.isMemberOf(user, orgId)) return undefined;
    return { account: { user, orgId }, scopes: readScopes(form, scopes) };
  }

  private findRequest({ request, response, id }: Exchange) {
    return this.server.findRequest(request, response, id);
  }

  private async finish(
    { request, response }: Exchange,
    authorization: Authorization | undefined,
  ): Promise<PageResponse> {
    return redirectTo(await this.server.finish(request, response, authorization));
  }

  private page(body: string, { redirectUri }: AuthorizationRequest): PageResponse {
    return pageResponse(200, body, { next: redirectUri });
  }

  private send(response: unknown, page: PageResponse): void {
    send(this.host.httpAdapter, response, page);
  }
}

const EXPIRED = pageResponse(
  400,
  signInErrorPage(
    'This authorization request has expired, or another browser started it. Connect again in the MCP client.',
  ),
);

/** Fastify wraps both. */
function exchangeOf(id: string, request: unknown, response: unknown): Exchange {
  const { raw = response } = response as { raw?: unknown };
  return { id, request: unwrapRequest(request), response: raw as ServerResponse };
}
