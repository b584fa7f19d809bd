import { parseArgs } from 'node:util';
import { type PropelAuthApi, PropelAuthApiError } from 'nestjs-propelauth';
import { Accounts } from './accounts.js';
import { AccountsPool } from './accounts-pool.js';
import { backfill, type BackfillReport } from './backfill.js';
import { progressOn } from './progress.js';

/** Exit codes. 130 is what shells report for a program that SIGINT has ended. */
const COMPLETE = 0;
const FAILED = 1;
const STOPPED = 130;

/** What may be different in the next run. PropelAuth's client reports 5xx as `unexpected_response`. */
const PASSING = ['timeout', 'unreachable', 'rate_limited', 'unexpected_response'];

/**
 * Whether `--delete-many` is on the command line.
 *
 * @throws {Error} for any other word
 */
export function readDeleteMany(words: readonly string[]): boolean {
  try {
    const { values } = parseArgs({
      args: [...words],
      options: { 'delete-many': { type: 'boolean', default: false } },
    });
    return values['delete-many'];
  } catch (error) {
    const [reason] = (error as Error).message.split('. ');
    throw new Error(`${reason}. Usage: npm run backfill [-- --delete-many]`, { cause: error });
  }
}

/**
 * Writes why a run failed, without stack and cause, which could quote what was sent.
 *
 * @returns the exit code
 */
export function reportFailure(error: Error & { readonly code?: unknown }): number {
  // If no address of a host name can be reached, the error of Node.js has a code and no message.
  process.stderr.write(`The backfill failed: ${error.message || String(error.code)}\n`);
  if (error instanceof PropelAuthApiError && PASSING.includes(error.code)) {
    process.stderr.write('Pages that it has written are complete. Run it again to continue.\n');
  }
  return FAILED;
}

/**
 * Runs the backfill for a terminal or a job. The first SIGINT stops it after the current page, the second at once.
 *
 * @returns the exit code
 */
export async function runBackfill(
  api: PropelAuthApi,
  url: string,
  deleteMany: boolean,
): Promise<number> {
  const pool = new AccountsPool(url);
  const stop = new AbortController();
  const onSignal = () => {
    process.stderr.write('Stopping after this page.\n');
    stop.abort();
  };
  process.once('SIGINT', onSignal);
  try {
    const report = await backfill({
      api,
      accounts: new Accounts(pool, api),
      progress: progressOn(process.stderr),
      signal: stop.signal,
      deleteMany,
    });
    process.stdout.write(`${summaryOf(report)}\n`);
    return report.isComplete ? COMPLETE : STOPPED;
  } catch (error) {
    return reportFailure(error as Error);
  } finally {
    process.off('SIGINT', onSignal);
    await pool.end();
  }
}

function summaryOf({ isComplete, organizations, users, changes }: BackfillReport): string {
  const counts = `${organizations} organizations and ${users} users read, ${changes} rows changed`;
  return isComplete
    ? `Complete: ${counts}.`
    : `Stopped: ${counts}, none marked as deleted. Run it again to continue.`;
}
