import { ArgumentsHost, Catch } from '@nestjs/common';
import { BaseExceptionFilter } from '@nestjs/core';
import type { Request, Response } from 'express';
import { PropelAuthUnauthorizedException } from 'nestjs-propelauth';

@Catch(PropelAuthUnauthorizedException)
export class LoginRedirectFilter extends BaseExceptionFilter {
  override catch(exception: PropelAuthUnauthorizedException, host: ArgumentsHost) {
    const http = host.switchToHttp();
    const request = http.getRequest<Request>();
    const opensPage = request.method === 'GET' && request.accepts('json', 'html') === 'html';
    if (!opensPage) return super.catch(exception, host);
    http.getResponse<Response>().redirect(loginUrl(request.originalUrl));
  }
}

function loginUrl(page: string): string {
  const session = new URL('/session', process.env.APP_URL); // https://app.example.com
  session.searchParams.set('to', page);
  const login = new URL('/login', process.env.PROPELAUTH_AUTH_URL);
  login.searchParams.set('rt', btoa(session.href));
  return login.href;
}
