import {
  Controller,
  Delete,
  Get,
  Header,
  Headers,
  HttpCode,
  PayloadTooLargeException,
  Post,
  Res,
} from '@nestjs/common';
import type { CookieOptions, Response } from 'express';
import { Public, RequireUser, tokenFromHeader } from 'nestjs-propelauth';
import { sessionPage } from './session.page.js';

export const COOKIE = '__Host-access_token';
const COOKIE_OPTIONS: CookieOptions = { httpOnly: true, secure: true, sameSite: 'lax', path: '/' };

@Controller('session')
export class SessionController {
  @Get()
  @Public()
  @Header('Content-Type', 'text/html; charset=utf-8')
  page() {
    return sessionPage(process.env.PROPELAUTH_AUTH_URL!);
  }

  @Post()
  @RequireUser({ tokenSource: tokenFromHeader() }) // no page of another site can send this header
  @HttpCode(204)
  signIn(@Headers('authorization') header: string, @Res({ passthrough: true }) response: Response) {
    const token = header.slice('Bearer '.length);
    if (token.length > 4000) throw new PayloadTooLargeException(); // browsers drop larger cookies; a token with an active organization is shorter
    response.cookie(COOKIE, token, COOKIE_OPTIONS);
  }

  @Delete()
  @Public()
  @HttpCode(204)
  signOut(@Res({ passthrough: true }) response: Response) {
    response.clearCookie(COOKIE, COOKIE_OPTIONS);
  }
}
