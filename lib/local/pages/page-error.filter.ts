import { Catch, HttpException, Injectable, type ArgumentsHost } from '@nestjs/common';
import { BaseExceptionFilter, type HttpAdapterHost } from '@nestjs/core';
import { acceptsPage, unwrapRequest } from '../access/raw-request.js';
import { errorPage } from './layout.js';
import { pageResponse, send } from './page-response.js';

/** Shows the errors of pages as pages, such as that of a browser without the secret. Scripts get them as JSON. */
@Injectable()
@Catch(HttpException)
export class PageErrorFilter extends BaseExceptionFilter<HttpException> {
  override catch(exception: HttpException, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    if (!acceptsPage(unwrapRequest(http.getRequest()))) return super.catch(exception, host);
    const { httpAdapter } = this.httpAdapterHost as HttpAdapterHost;
    const page = errorPage('This page cannot be shown', exception.message);
    send(httpAdapter, http.getResponse(), pageResponse(exception.getStatus(), page));
  }
}
