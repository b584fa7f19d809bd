import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { PropelAuthService } from 'nestjs-propelauth';

/** The user and the key of each call, as a global guard before ours learns them. */
export const observed: [userId: string | null, key: string][] = [];

@Injectable()
class ObservingGuard implements CanActivate {
  constructor(private readonly propelAuth: PropelAuthService) {}

  async canActivate(context: ExecutionContext) {
    const caller = await this.propelAuth.identify(context);
    observed.push([caller?.userId ?? null, await this.propelAuth.callerKey(context)]);
    return true;
  }
}

/** A provider that puts the guard there. */
export const OBSERVING_GUARD = { provide: APP_GUARD, useClass: ObservingGuard };
