import type { IncomingMessage } from 'node:http';
import {
  ForbiddenException,
  Injectable,
  MisdirectedException,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';

const LOOPBACK_HOST = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;
const LOOPBACK_ADDRESS = /^(::ffff:)?127\.\d+\.\d+\.\d+$|^::1$/i;

/**
 * Lets in only who asks on this machine for this machine.
 *
 * A web page can have its own name resolve to 127.0.0.1 (DNS rebinding), and the browser then lets it read what is answered;
 * but it sends the page's name along, and that gives it away. A proxy asks on this machine for others, and says for whom.
 *
 * @throws {MisdirectedException} when the request names another host
 * @throws {ForbiddenException} when it comes from another machine
 */
function assertFromThisMachine({ headers, socket }: IncomingMessage): void {
  const { host } = headers;
  if (host === undefined || !LOOPBACK_HOST.test(host)) {
    throw new MisdirectedException('Only requests to localhost, 127.0.0.1 or [::1] are answered.');
  }
  const forwardedFor = [headers['x-forwarded-for'] ?? []].flat().flatMap((list) => list.split(','));
  const senders = [socket.remoteAddress ?? '', ...forwardedFor.map((address) => address.trim())];
  if (!senders.every((address) => LOOPBACK_ADDRESS.test(address))) {
    throw new ForbiddenException('Only requests from this machine are answered.');
  }
}

/** Lets in only who asks on this machine for this machine, before anything else of the application. */
export function loopbackOnly(
  request: IncomingMessage,
  _response: unknown,
  next: (error?: unknown) => void,
): void {
  try {
    assertFromThisMachine(request);
  } catch (error) {
    next(error);
    return;
  }
  next();
}

/** The same for the routes that hand out access, wherever middleware does or does not reach. */
@Injectable()
export class LoopbackOnlyGuard implements CanActivate {
  canActivate(context: ExecutionContext): true {
    const request = context
      .switchToHttp()
      .getRequest<IncomingMessage & { raw?: IncomingMessage }>();
    // Fastify wraps the request of Node.js.
    assertFromThisMachine(request.raw ?? request);
    return true;
  }
}
