import { STATUS_CODES } from 'node:http';
import { exceptionFor, responseHeadersFor } from './exception-for.js';
import { Rejection } from './rejection.js';
import {
  PropelAuthDenialException,
  PropelAuthForbiddenException,
  PropelAuthUnauthorizedException,
} from './rejection.exceptions.js';
import { REJECTIONS, type RejectionReason } from './rejection-table.js';

const reasons = Object.keys(REJECTIONS) as RejectionReason[];

describe('The exception for a rejection', () => {
  it.each(reasons)('has the documented status, body and headers: %s', (reason) => {
    const { status, description, challenge } = REJECTIONS[reason];
    const rejection = new Rejection(reason, { retryAfterSeconds: 7 });
    const exception = exceptionFor(rejection, { debugMode: true }) as PropelAuthForbiddenException;
    expect(exception.getStatus()).toBe(status);
    expect(exception.getResponse()).toMatchObject({
      statusCode: status,
      code: REJECTIONS[reason].code,
      reason,
      message: description,
    });
    expect(responseHeadersFor(exception)).toEqual({
      ...(challenge && { 'WWW-Authenticate': challenge }),
      ...([429, 503].includes(status) && { 'Retry-After': '7' }),
    });
  });

  it.each(reasons)('describes the problem in a sentence with debugMode: %s', (reason) => {
    expect(REJECTIONS[reason].description).toMatch(/^(The|PropelAuth) [^.]{20,}/);
  });

  it.each(reasons)('contains only its status and code without debugMode: %s', (reason) => {
    const exception = exceptionFor(new Rejection(reason), {}) as PropelAuthForbiddenException;
    const code = REJECTIONS[reason].code;
    expect(exception).toMatchObject({ code, errorCode: code });
    const { status: statusCode } = REJECTIONS[reason];
    expect(exception.getResponse()).toEqual({
      message: STATUS_CODES[statusCode],
      statusCode,
      code,
    });
  });

  it.each(reasons)('contains only its status without errorCodes: %s', (reason) => {
    const without = { errorCodes: false };
    const exception = exceptionFor(new Rejection(reason), without) as PropelAuthForbiddenException;
    const code = REJECTIONS[reason].code;
    expect(exception.code).toBe(code);
    expect((exception as { errorCode?: string }).errorCode).toBe(
      code === 'step_up_required' ? code : undefined,
    );
    expect(Object.keys(exception.getResponse())).toEqual([
      'message',
      'statusCode',
      ...(code === 'step_up_required' ? ['code'] : []),
    ]);
  });

  it('has the body of its own status, whatever reason the application sets', () => {
    const exception = new PropelAuthForbiddenException('token_missing', { errorCodes: false });
    expect(exception.getResponse()).toEqual({ message: 'Forbidden', statusCode: 403 });
  });

  it.each([
    [true, 'plan_required'],
    [false, undefined],
  ])('has the code of an own rule for filters, with errorCodes %s', (errorCodes, errorCode) => {
    const denial = { rule: 'plan', code: 'plan_required', status: 402 };
    const exception = new PropelAuthDenialException(
      denial,
      { errorCodes },
      'No plan.',
      undefined,
      undefined,
    );
    expect(exception).toMatchObject({ rule: 'plan', code: 'plan_required', errorCode });
  });

  it('has the challenge of whoever rejects the call, in place of that of its reason', () => {
    const challenge = 'Bearer resource_metadata="https://api.example.com"';
    const exception = exceptionFor(new Rejection('token_missing'), {}, undefined, () => challenge);
    expect(responseHeadersFor(exception)).toEqual({ 'WWW-Authenticate': challenge });
  });

  it('does not replace an error of the application', () => {
    const error = new Error('The database is gone.');
    expect(exceptionFor(error, {})).toBe(error);
  });

  it('has a challenge if it is a 401, whatever reason the application sets', () => {
    const { challenge } = new PropelAuthUnauthorizedException('propelauth_unavailable');
    expect(challenge).toBe('Bearer');
  });
});
