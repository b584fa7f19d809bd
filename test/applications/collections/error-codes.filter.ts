import { type ArgumentsHost, Catch, HttpException } from '@nestjs/common';
import { BaseExceptionFilter } from '@nestjs/core';
import {
  type ErrorCode,
  PropelAuthForbiddenException,
  PropelAuthUnauthorizedException,
} from 'nestjs-propelauth';

/** The codes that the clients of this application have known for years. */
const KNOWN_CODES: Partial<Record<ErrorCode, string>> = {
  org_access_denied: 'team/member_not_found',
  credential_missing: 'auth/fail',
  credential_invalid: 'token/invalid',
  scope_missing: 'token/scope_missing',
};

/** Answers rejected calls with the codes of this application. */
@Catch(PropelAuthUnauthorizedException, PropelAuthForbiddenException)
export class ErrorCodesFilter extends BaseExceptionFilter {
  override catch(
    exception: PropelAuthUnauthorizedException | PropelAuthForbiddenException,
    host: ArgumentsHost,
  ) {
    const statusCode = exception.getStatus();
    const code = KNOWN_CODES[exception.code] ?? 'auth/forbidden';
    super.catch(new HttpException({ statusCode, code }, statusCode), host);
  }
}
