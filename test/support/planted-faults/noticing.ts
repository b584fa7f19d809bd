import type { INestApplication } from '@nestjs/common';
import { describeAccess, PropelAuthConfigurationError, PropelAuthModule } from 'nestjs-propelauth';
import { accessTable, expectAccess, overridePropelAuth } from 'nestjs-propelauth/testing';
import { startApplication, type RunningApplication } from '../application.js';
import { issuer, request } from '../guarded-application.js';
import { ACME_ID, bob } from '../project.js';
import { RecordingLogger } from '../recording-logger.js';
import { ADMINS, SECRET, type Mistake, type Notices, type Result } from './mistakes/mistake.js';

/** What becomes of a mistake, and who says so. */
export interface Noticed {
  readonly result: Result;
  readonly notices: Notices;
}

/**
 * Makes a mistake in applications, and asks startup, `toHold()` and `describeAccess()` about it. Where startup fails, the other two are asked
 * under `startupAudit: 'warn'`.
 */
export async function notice(mistake: Mistake): Promise<Noticed> {
  const strict = await startWith(mistake, 'error');
  const applications = strict ?? (await startWith(mistake, 'warn'));
  if (applications === undefined) return { result: 'does not start', notices: ['fails', '–', '–'] };
  const { probed, real, warnings } = applications;
  const result = await resultOf(mistake, real);
  const { handler = 'GET /reports', meant = ADMINS } = mistake;
  // Where all is well, saying nothing is right.
  const nothing = result === 'guarded' ? 'guarded' : '–';
  const isWarned = warnings.some((warning) => warning.includes(handler));
  return {
    result,
    notices: [
      strict === undefined ? 'fails' : isWarned ? 'warns' : nothing,
      (await saidByCalls(probed.app, mistake, handler)) ?? nothing,
      isShown(probed.app, handler, meant) ? 'shows' : nothing,
    ],
  };
}

/** Whether `describeAccess()` shows another rule than the author means, or an organization that no rule checks. */
function isShown(app: INestApplication, handler: string, meant: string): boolean {
  const shown = accessTable(app)[handler];
  const described = describeAccess(app).filter(({ name }) => name === handler);
  return (
    (shown !== undefined && shown !== meant) ||
    described.some(({ uncheckedOrg }) => uncheckedOrg?.isMeant === false)
  );
}

interface Applications {
  /** For `toHold()`. */
  readonly probed: RunningApplication;
  /** For requests. */
  readonly real: RunningApplication;
  readonly warnings: readonly string[];
}

/** Starts the application twice; `undefined` where startup fails. */
async function startWith(
  { plant, options, prepare = () => {}, override = (builder) => builder }: Mistake,
  startupAudit: 'error' | 'warn',
): Promise<Applications | undefined> {
  const logger = new RecordingLogger();
  const start = () => {
    const { imports = [], ...metadata } = plant();
    const propelAuth = PropelAuthModule.forRoot({
      ...issuer.moduleOptions,
      ...options,
      startupAudit,
    });
    return startApplication(
      { imports: [propelAuth, ...imports], ...metadata },
      async (app) => {
        if (startupAudit === 'error') app.useLogger(logger);
        await prepare(app);
      },
      (builder) => override(overridePropelAuth(builder, { issuer })),
    );
  };
  try {
    return { probed: await start(), real: await start(), warnings: logger.of('warn') };
  } catch (error) {
    if (isOfPackage(error as Error)) return undefined;
    throw error;
  }
}

/** Whether startup fails because of the mistake. Without the module, Nest says what is missing. */
function isOfPackage(error: Error): boolean {
  return (
    error instanceof PropelAuthConfigurationError || error.message.includes('PropelAuthModule')
  );
}

/** Whether the user and the intruder get the secret by real requests. */
async function resultOf(mistake: Mistake, application: RunningApplication): Promise<Result> {
  const { user = bob, intruder, path = `/reports?orgId=${ACME_ID}`, intruderPath = path } = mistake;
  const ask =
    mistake.ask ??
    (async ({ url }, caller) =>
      (await request(url, caller).get(caller === intruder ? intruderPath : path)).text);
  const isServed = (await ask(application, user)).includes(SECRET);
  if ((await ask(application, intruder)).includes(SECRET)) return 'unauthorized access';
  return isServed ? 'guarded' : 'all rejected';
}

async function saidByCalls(
  app: INestApplication,
  { hold }: Mistake,
  handler: string,
): Promise<'finds' | undefined> {
  try {
    await expectAccess(app).toHold(hold);
    return undefined;
  } catch (error) {
    return (error as Error).message.includes(handler) ? 'finds' : undefined;
  }
}
