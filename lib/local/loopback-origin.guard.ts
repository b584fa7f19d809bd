import type { IncomingMessage } from 'node:http';
import {
  ForbiddenException,
  Injectable,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { isLoopbackHostname } from './loopback.js';

/**
 * Hands nothing to pages of other sites, even where the application lets every page read its answers (CORS): browsers say
 * of such requests where they come from. Pages of this machine, such as a front end on another port, are the developer's own.
 */
@Injectable()
export class LoopbackOriginGuard implements CanActivate {
  canActivate(context: ExecutionContext): true {
    const { headers } = context.switchToHttp().getRequest<IncomingMessage>();
    const { origin } = headers;
    if (origin === undefined) return true;
    if (URL.canParse(origin) && isLoopbackHostname(new URL(origin).hostname)) return true;
    throw new ForbiddenException('Only pages of this machine are answered.');
  }
}
