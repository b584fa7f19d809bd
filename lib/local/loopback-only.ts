import type { IncomingMessage } from 'node:http';
import {
  ForbiddenException,
  Injectable,
  MisdirectedException,
  type CanActivate,
  type ExecutionContext,
  type HttpException,
} from '@nestjs/common';

const LOOPBACK_HOST = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;
const LOOPBACK_ADDRESS = /^(::ffff:)?127\.\d+\.\d+\.\d+$|^::1$/i;

/**
 * Why a request is rejected; `undefined` for a request from this machine to this machine.
 *
 * A web page can make its own hostname resolve to 127.0.0.1 (DNS rebinding), and the browser then lets it read responses. The
 * `Host` header shows the page's hostname. A proxy on this machine forwards requests of others, and names them in
 * `X-Forwarded-For`.
 */
export function refusalOf({ headers, socket }: IncomingMessage): HttpException | undefined {
  // HTTP/2 uses a pseudo-header instead.
  const host = headers.host ?? headers[':authority'];
  if (typeof host !== 'string' || !LOOPBACK_HOST.test(host)) {
    return new MisdirectedException('Only requests to localhost, 127.0.0.1 or [::1] are allowed.');
  }
  const forwardedFor = [headers['x-forwarded-for'] ?? []].flat().flatMap((list) => list.split(','));
  const senders = [socket.remoteAddress ?? '', ...forwardedFor.map((address) => address.trim())];
  if (senders.every((address) => LOOPBACK_ADDRESS.test(address))) return undefined;
  return new ForbiddenException('Only requests from this machine are allowed.');
}

/**
 * Middleware that allows only requests from this machine to this machine. It protects servers that run the application in
 * addition to its own, such as the one that Fastify starts for the second address of localhost.
 */
export function loopbackOnly(
  request: IncomingMessage,
  _response: unknown,
  next: (error?: unknown) => void,
): void {
  next(refusalOf(request));
}

/** The same as a guard, for the routes that issue tokens and grants, even if the middleware does not run. */
@Injectable()
export class LoopbackOnlyGuard implements CanActivate {
  canActivate(context: ExecutionContext): true {
    const request = context
      .switchToHttp()
      .getRequest<IncomingMessage & { raw?: IncomingMessage }>();
    // Fastify wraps the request of Node.js.
    const refusal = refusalOf(request.raw ?? request);
    if (refusal !== undefined) throw refusal;
    return true;
  }
}
