import { Body, Controller, Post, Res, UseGuards, VERSION_NEUTRAL } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Public } from '../../decorators/public.decorator.js';
import { LocalOriginGuard } from '../access/local-origin.guard.js';
import { ExcludeFromOpenApi } from '../exclude-from-open-api.decorator.js';
import { RequestParameters } from '../request-parameters.js';
import { redirectTo, send } from '../pages/page-response.js';
import { LocalSessions } from '../session/local-sessions.js';
import { ReturnAddresses } from './return-addresses.js';

/** Signs the user of a browser out, for the button on the local pages. */
@Controller({ path: 'propelauth/logout', version: VERSION_NEUTRAL })
@Public()
@UseGuards(LocalOriginGuard)
@ExcludeFromOpenApi()
export class SignOutController {
  constructor(
    private readonly sessions: LocalSessions,
    private readonly addresses: ReturnAddresses,
    private readonly host: HttpAdapterHost,
  ) {}

  @Post()
  signOut(@Body() body: unknown, @Res() response: unknown): void {
    const address = this.addresses.read(new RequestParameters(body).get('rt'));
    send(this.host.httpAdapter, response, redirectTo(address, this.sessions.removal));
  }
}
