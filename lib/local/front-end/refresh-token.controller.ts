import type { IncomingMessage } from 'node:http';
import {
  BadRequestException,
  Controller,
  Get,
  Header,
  Query,
  Req,
  Res,
  UnauthorizedException,
  UseGuards,
  VERSION_NEUTRAL,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Public } from '../../decorators/public.decorator.js';
import { LocalOriginGuard } from '../access/local-origin.guard.js';
import { LocalSecret } from '../access/local-secret.js';
import { unwrapRequest } from '../access/raw-request.js';
import { ExcludeFromOpenApi } from '../exclude-from-open-api.decorator.js';
import { LocalProject, type ProjectUser } from '../local-project.js';
import { LocalSessions } from '../session/local-sessions.js';
import { authenticationInfoOf } from './authentication-info.js';

/**
 * PropelAuth's endpoint with this path returns an access token of the signed-in user. Here, scripts with the secret can also name the
 * user. Pages of other sites must not read a token, except those of `allowedOrigins`.
 */
@Controller({ path: 'api/v1/refresh_token', version: VERSION_NEUTRAL })
@Public()
@UseGuards(LocalOriginGuard)
@ExcludeFromOpenApi()
export class RefreshTokenController {
  constructor(
    private readonly project: LocalProject,
    private readonly sessions: LocalSessions,
    private readonly secret: LocalSecret,
    private readonly host: HttpAdapterHost,
  ) {}

  /** Sends the response itself: the application may have interceptors that wrap or cache what handlers return. */
  @Get()
  @Header('Cache-Control', 'no-store')
  async refreshToken(
    @Req() request: unknown,
    @Query('user') name: unknown,
    @Query('active_org_id') activeOrgId: unknown,
    @Res() response: unknown,
  ): Promise<void> {
    const rawRequest = unwrapRequest(request);
    const user = name === undefined ? this.signedInUser(rawRequest) : this.named(name, rawRequest);
    const orgId = this.orgOf(user, activeOrgId);
    const info = await authenticationInfoOf(user, this.project, orgId);
    this.host.httpAdapter.reply(response, info);
  }

  private signedInUser(request: IncomingMessage): ProjectUser {
    const user = this.sessions.userOf(request);
    if (user !== undefined) return user;
    this.secret.assertIn(request);
    throw new UnauthorizedException(
      `No user is signed in. Sign in at ${this.project.issuer.authUrl}/propelauth/login, or name a user: ${this.namesOfUsers}.`,
    );
  }

  private named(name: unknown, request: IncomingMessage): ProjectUser {
    this.secret.assertIn(request);
    const user = this.project.findUser(name);
    if (user !== undefined) return user;
    throw new BadRequestException(`The user is unknown. Use ${this.namesOfUsers}.`);
  }

  /** PropelAuth's library takes 401 for an organization that the user is not in. */
  private orgOf(user: ProjectUser, orgId: unknown): string | undefined {
    if (orgId === undefined) return undefined;
    if (typeof orgId === 'string' && this.project.isMemberOf(user, orgId)) return orgId;
    throw new UnauthorizedException(`${user.name} is not in the organization of active_org_id.`);
  }

  private get namesOfUsers(): string {
    return this.project.users.map(({ name }) => `?user=${encodeURIComponent(name)}`).join(', ');
  }
}
