import type { INestApplication } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { expectAccess, overridePropelAuth } from 'nestjs-propelauth/testing';
import { emulatorOf } from '../emulator.js';
import { issuer } from '../guarded-application.js';
import { RecordingLogger } from '../recording-logger.js';
import type { AccessCase } from './access-case.js';

/** An application that has started, and what startup warned of. */
interface StartedCase {
  readonly app: INestApplication;
  readonly warnings: readonly string[];
}

/** Starts the application of a case without a port: `toHold()` takes a free one of 127.0.0.1. */
export async function startCase({
  imports,
  adapter = () => new ExpressAdapter(),
  environment,
  prepare,
}: AccessCase): Promise<StartedCase> {
  Object.assign(process.env, environment);
  const logger = new RecordingLogger();
  const builder = Test.createTestingModule({ imports });
  const moduleRef = await overridePropelAuth(builder, { emulator: emulatorOf(issuer) }).compile();
  const app = moduleRef.createNestApplication(adapter(), { logger });
  try {
    await prepare?.(app);
    await app.init();
  } catch (error) {
    await app.close();
    throw error;
  }
  return { app, warnings: logger.of('warn') };
}

/** Calls every handler that has a rule. Handlers that are open on purpose are excepted: there is nothing to enforce. */
export async function holdCase({ table, hold }: AccessCase, app: INestApplication): Promise<void> {
  const isOpen = (name: string) => table[name]?.startsWith('open') === true;
  await expectAccess(app).toHold({ ...hold?.(app), except: Object.keys(table).filter(isOpen) });
}
