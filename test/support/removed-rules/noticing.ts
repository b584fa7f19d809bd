import type { INestApplication } from '@nestjs/common';
import { PropelAuthConfigurationError } from 'nestjs-propelauth';
import { expectAccess } from 'nestjs-propelauth/testing';
import type { AccessCase } from './access-case.js';
import { holdCase, startCase, type StartedCase } from './start-case.js';
import { withoutDecorator } from './without-decorator.js';
import type { WrittenDecorator } from './written-decorators.js';

/** What can notice that a decorator is missing. The last two need an application that starts. */
export type Notice = 'startup fails' | 'startup warns' | 'toEqual() throws' | 'toHold() throws';

/** Removes a decorator, and returns what notices that. */
export function noticesOf(tested: AccessCase, removed: WrittenDecorator): Promise<Notice[]> {
  return withoutDecorator(removed, async () => {
    const started = await startUnlessRejected(tested);
    if (started === undefined) return ['startup fails'];
    try {
      return await noticesAfterStart(tested, started);
    } finally {
      await started.app.close();
    }
  });
}

async function noticesAfterStart(
  tested: AccessCase,
  { app, warnings }: StartedCase,
): Promise<Notice[]> {
  const notices: Notice[] = [];
  if (warnings.length > 0) notices.push('startup warns');
  if (tableDiffers(tested, app)) notices.push('toEqual() throws');
  if (await isFoundByCalls(tested, app)) notices.push('toHold() throws');
  return notices;
}

/** Starts the application; `undefined` where the package rejects it. Any other error is one of this test. */
async function startUnlessRejected(tested: AccessCase): Promise<StartedCase | undefined> {
  try {
    return await startCase(tested);
  } catch (error) {
    if (error instanceof PropelAuthConfigurationError) return undefined;
    throw error;
  }
}

function tableDiffers({ table }: AccessCase, app: INestApplication): boolean {
  try {
    expectAccess(app).toEqual(table);
    return false;
  } catch {
    return true;
  }
}

/** An error that names no handler is about the options of `toHold()`. */
async function isFoundByCalls(tested: AccessCase, app: INestApplication): Promise<boolean> {
  try {
    await holdCase(tested, app);
    return false;
  } catch (error) {
    const { message } = error as Error;
    return Object.keys(tested.table).some((name) => message.includes(name));
  }
}
