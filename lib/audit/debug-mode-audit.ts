import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { ResolvedOptions } from '../options/resolved-options.js';
import { isProduction } from '../values/node-environment.js';

/** Warns of responses in production that tell callers why they were rejected. */
@Injectable()
export class DebugModeAudit implements OnApplicationBootstrap {
  constructor(private readonly options: ResolvedOptions) {}

  onApplicationBootstrap(): void {
    if (!this.options.debugMode || !isProduction()) return;
    new Logger('PropelAuth').warn(
      'debugMode is true with NODE_ENV=production, so error responses tell callers why they were rejected. Remove it: ' +
        'with the emulator and NODE_ENV=development, it is the default.',
    );
  }
}
