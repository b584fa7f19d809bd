import type { PropelAuthApi } from 'nestjs-propelauth';
import { Accounts } from './accounts.js';
import { AccountsPool } from './accounts-pool.js';
import { backfill, type BackfillReport } from './backfill.js';
import { progressOn } from './progress.js';

/** Exit codes. 130 is what shells report for a program that SIGINT has ended. */
const COMPLETE = 0;
const FAILED = 1;
const STOPPED = 130;

/**
 * Runs the backfill for a terminal or a job. The first SIGINT stops it after the current page, the second at once.
 *
 * @returns the exit code
 */
export async function runBackfill(
  api: PropelAuthApi,
  url: string,
  words: readonly string[] = [],
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
      deleteMany: words.includes('--delete-many'),
    });
    process.stdout.write(`${summaryOf(report)}\n`);
    return report.isComplete ? COMPLETE : STOPPED;
  } catch (error) {
    // The message alone: a stack or a cause could quote what was sent.
    process.stderr.write(`The backfill failed: ${(error as Error).message}\n`);
    process.stderr.write('Pages that it has written are complete. Run it again to continue.\n');
    return FAILED;
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
