import {
  BadRequestException,
  Controller,
  Get,
  Header,
  Query,
  UseGuards,
  VERSION_NEUTRAL,
} from '@nestjs/common';
import { Public } from '../decorators/public.decorator.js';
import { ExcludeFromOpenApi } from './exclude-from-open-api.decorator.js';
import { LocalProject } from './local-project.js';
import { LoopbackOnlyGuard } from './loopback-only.js';
import { LoopbackOriginGuard } from './loopback-origin.guard.js';

/**
 * PropelAuth's endpoint of this path gives an access token to whoever is signed in; nobody signs in here, so the request says
 * who it is. There are no CORS headers on purpose: no other web page may read a token.
 */
@Controller({ path: 'api/v1/refresh_token', version: VERSION_NEUTRAL })
@Public()
@UseGuards(LoopbackOnlyGuard, LoopbackOriginGuard)
@ExcludeFromOpenApi()
export class RefreshTokenController {
  constructor(private readonly project: LocalProject) {}

  @Get()
  @Header('Cache-Control', 'no-store')
  async refreshToken(@Query('user') name: unknown): Promise<{ access_token: string }> {
    const person = this.project.findPerson(name);
    if (person !== undefined) return { access_token: await this.project.accessTokenOf(person) };
    const names = this.project.people.map((each) => `?user=${encodeURIComponent(each.name)}`);
    throw new BadRequestException(`Say whose access token it shall be: ${names.join(', ')}.`);
  }
}
