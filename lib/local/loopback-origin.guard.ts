import type { IncomingMessage } from 'node:http';
import {
  ForbiddenException,
  Injectable,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { isLoopbackHostname } from './loopback.js';

/**
 * Rejects requests from pages of other sites, by their `Origin` header, even if the application enables CORS. Pages of this
 * machine are allowed, such as a front end on another port.
 */
@Injectable()
export class LoopbackOriginGuard implements CanActivate {
  canActivate(context: ExecutionContext): true {
    const { headers } = context.switchToHttp().getRequest<IncomingMessage>();
    const { origin } = headers;
    if (origin === undefined) return true;
    if (URL.canParse(origin) && isLoopbackHostname(new URL(origin).hostname)) return true;
    throw new ForbiddenException('Only pages on this machine can call this route.');
  }
}
