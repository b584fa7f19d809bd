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
 * Why a request is not answered; `undefined` when somebody on this machine asks for this machine.
 *
 * A web page can have its own name resolve to 127.0.0.1 (DNS rebinding), and the browser then lets it read what is answered;
 * but it sends the page's name along, and that gives it away. A proxy asks on this machine for others, and says for whom.
 */
export function refusalOf({ headers, socket }: IncomingMessage): HttpException | undefined {
  // HTTP/2 has a name of its own for it.
  const host = headers.host ?? headers[':authority'];
  if (typeof host !== 'string' || !LOOPBACK_HOST.test(host)) {
    return new MisdirectedException('Only requests to localhost, 127.0.0.1 or [::1] are answered.');
  }
  const forwardedFor = [headers['x-forwarded-for'] ?? []].flat().flatMap((list) => list.split(','));
  const senders = [socket.remoteAddress ?? '', ...forwardedFor.map((address) => address.trim())];
  if (senders.every((address) => LOOPBACK_ADDRESS.test(address))) return undefined;
  return new ForbiddenException('Only requests from this machine are answered.');
}

/**
 * Middleware that lets in only who asks on this machine for this machine: for servers that the application is put on beside its
 * own, as Fastify itself does for the second address of localhost.
 */
export function loopbackOnly(
  request: IncomingMessage,
  _response: unknown,
  next: (error?: unknown) => void,
): void {
  next(refusalOf(request));
}

/** The same for the routes that hand out access, wherever middleware does or does not reach. */
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
