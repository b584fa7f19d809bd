import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { LocalSecret } from './local-secret.js';
import { rawRequestOf } from './raw-request.js';

/** Rejects requests without the secret. */
@Injectable()
export class LocalSecretGuard implements CanActivate {
  constructor(private readonly secret: LocalSecret) {}

  canActivate(context: ExecutionContext): true {
    this.secret.assertIn(rawRequestOf(context));
    return true;
  }
}
