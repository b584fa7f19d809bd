import type { INestApplicationContext } from '@nestjs/common';
import type { DescribedHandler } from '../../../audit/describe-access.js';
import type { AccessProbe } from '../access-probe.js';
import type { EntryPoint, EntryPointSource } from '../entry-point.js';

/** Gateway events and messages. */
export class MessageEntryPoints implements EntryPointSource {
  constructor(_app: INestApplicationContext, _probe: AccessProbe) {}

  entryPoints(_handlers: readonly DescribedHandler[]): EntryPoint[] {
    return [];
  }

  async close(): Promise<void> {}
}
