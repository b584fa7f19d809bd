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
import { LocalOriginGuard } from './access/local-origin.guard.js';
import { LocalSecretGuard } from './access/local-secret.guard.js';
import { ExcludeFromOpenApi } from './exclude-from-open-api.decorator.js';
import { LocalProject } from './local-project.js';

/**
 * PropelAuth's endpoint with this path returns an access token of the signed-in user. There are no sessions here, so the request
 * names the user. Pages of other sites must not read a token, except those of `allowedOrigins`.
 */
@Controller({ path: 'api/v1/refresh_token', version: VERSION_NEUTRAL })
@Public()
@UseGuards(LocalOriginGuard, LocalSecretGuard)
@ExcludeFromOpenApi()
export class RefreshTokenController {
  constructor(private readonly project: LocalProject) {}

  @Get()
  @Header('Cache-Control', 'no-store')
  async refreshToken(@Query('user') name: unknown): Promise<{ access_token: string }> {
    const user = this.project.findUser(name);
    if (user !== undefined) return { access_token: await this.project.accessTokenOf(user) };
    const names = this.project.users.map((each) => `?user=${encodeURIComponent(each.name)}`);
    throw new BadRequestException(`The user is missing or unknown. Use ${names.join(', ')}.`);
  }
}
