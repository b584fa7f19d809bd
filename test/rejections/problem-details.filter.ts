import { STATUS_CODES } from 'node:http';
import { ArgumentsHost, Catch, ExceptionFilter, HttpException } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';

interface Body {
  message?: string | string[];
  code?: string; // of a rejection
  errorCode?: string; // of your own errors
}

@Catch(HttpException)
export class ProblemDetailsFilter implements ExceptionFilter<HttpException> {
  constructor(private readonly adapterHost: HttpAdapterHost) {}

  catch(exception: HttpException, host: ArgumentsHost) {
    // Other transports have errors of their own.
    if (host.getType() !== 'http') throw exception;
    const { httpAdapter } = this.adapterHost;
    const response = host.switchToHttp().getResponse<unknown>();
    httpAdapter.setHeader(response, 'Content-Type', 'application/problem+json');
    httpAdapter.reply(response, problemOf(exception), exception.getStatus());
  }
}

function problemOf(exception: HttpException) {
  const body = exception.getResponse();
  const {
    message,
    code,
    errorCode = code,
  }: Body = typeof body === 'string' ? { message: body } : body;
  const status = exception.getStatus();
  const title = STATUS_CODES[status];
  const detail = [message ?? []].flat().join('; ');
  return {
    type: errorCode ? `https://api.example.com/problems/${errorCode}` : 'about:blank',
    title,
    status,
    ...(errorCode && { code: errorCode }),
    ...(detail && detail !== title && { detail }),
  };
}
