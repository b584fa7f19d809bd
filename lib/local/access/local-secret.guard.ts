import {
  Injectable,
  UnauthorizedException,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { LocalSecret } from './local-secret.js';
import { rawRequestOf } from './raw-request.js';

/** Rejects requests without the secret. */
@Injectable()
export class LocalSecretGuard implements CanActivate {
  constructor(private readonly secret: LocalSecret) {}

  canActivate(context: ExecutionContext): true {
    if (this.secret.isIn(rawRequestOf(context))) return true;
    throw new UnauthorizedException(
      'The secret of the local PropelAuth is missing or wrong. Open one of the links that the application printed at startup. ' +
        'Front ends get the cookie only on the same hostname.',
    );
  }
}
