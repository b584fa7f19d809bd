import type { ModuleMetadata } from '@nestjs/common';
import { startGuarded, type PropelAuthOptions } from './guarded-application.js';
import { RecordingLogger } from './recording-logger.js';

/** The warnings of a start about organizations that nothing checks. */
export async function orgWarningsOf(
  metadata: ModuleMetadata,
  options: Partial<PropelAuthOptions> = {},
): Promise<string[]> {
  const logger = new RecordingLogger();
  await startGuarded(metadata, options, (app) => app.useLogger(logger));
  expect(logger.of('error')).toEqual([]);
  return orgWarningsIn(logger);
}

/** Without the context of the logger. */
export function orgWarningsIn(logger: RecordingLogger): string[] {
  return logger
    .of('warn')
    .filter((text) => text.includes('organization'))
    .map((text) => text.replace(/ PropelAuth$/, ''));
}
