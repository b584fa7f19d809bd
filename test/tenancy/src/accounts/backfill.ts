import { setTimeout as delay } from 'node:timers/promises';
import { PropelAuthApiError, type PropelAuthApi } from 'nestjs-propelauth';
import type { Accounts } from './accounts.js';

/** PropelAuth's maximum. */
const PAGE_SIZE = 100;
/** How often a rate-limited request is sent, and the longest wait if PropelAuth does not say how long. */
const MAX_ATTEMPTS = 8;
const MAX_WAIT_SECONDS = 60;
/** If more accounts than this, and more than a tenth, are missing, the API key is probably that of another project. */
const MAX_MISSING = 20;

/** What a run needs. */
export interface BackfillOptions {
  readonly api: PropelAuthApi;
  readonly accounts: Accounts;
  /** Shows how far the run is, a line per page. */
  readonly log: (line: string) => void;
  /** Whether any number of accounts may be marked as deleted. Default: no. */
  readonly deleteMany?: boolean;
  /** Waits before a request is sent again. Tests replace it. */
  readonly wait?: (seconds: number) => Promise<unknown>;
}

/** What a run has done. */
export interface BackfillReport {
  readonly organizations: number;
  readonly users: number;
  /** Rows that were added, changed or removed. */
  readonly changes: number;
}

/** Thrown instead of marking many accounts as deleted. */
export class TooManyMissingError extends Error {}

/**
 * Makes our tables equal to the PropelAuth project. It can run repeatedly, while events arrive, and be ended at any time: each page is a
 * transaction. At the end, it fetches each of our accounts that was on no page, and marks those as deleted that PropelAuth does not know.
 *
 * @throws {PropelAuthApiError} if a request to PropelAuth fails; run it again
 * @throws {TooManyMissingError} if more than a tenth of our accounts could be marked as deleted
 */
export async function backfill(options: BackfillOptions): Promise<BackfillReport> {
  const { api, accounts, log } = options;
  const report = { organizations: 0, users: 0, changes: 0 };
  const firstRead = await accounts.nextRead();
  const page = { pageSize: PAGE_SIZE, orderBy: 'CREATED_AT_ASC' as const };
  for await (const { rows, read } of pages('Organizations', async (pageNumber) => {
    const answer = await api.fetchOrgByQuery({ ...page, pageNumber });
    return { rows: answer.orgs, total: answer.totalOrgs, hasMore: answer.hasMoreResults };
  })) {
    report.changes += await accounts.saveOrgs(rows, read);
    report.organizations += rows.length;
  }
  for await (const { rows, read } of pages('Users', async (pageNumber) => {
    const answer = await api.fetchUsersByQuery({ ...page, pageNumber, includeOrgs: true });
    return { rows: answer.users, total: answer.totalUsers, hasMore: answer.hasMoreResults };
  })) {
    report.changes += await accounts.saveUsers(rows, read);
    report.users += rows.length;
  }
  report.changes += await refreshMissing();
  return report;

  /** The pages of a list, each with the number of its request. */
  async function* pages<Row>(
    what: string,
    fetchPage: (pageNumber: number) => Promise<{ rows: Row[]; total: number; hasMore: boolean }>,
  ): AsyncGenerator<{ rows: Row[]; read: string }> {
    let total = 0;
    let hasMore = true;
    for (let pageNumber = 0; hasMore; pageNumber += 1) {
      const read = await accounts.nextRead();
      const answer = await ask(() => fetchPage(pageNumber), options);
      yield { rows: answer.rows, read };
      const done = pageNumber * PAGE_SIZE + answer.rows.length;
      log(`${what}: ${Math.min(done, answer.total)} of ${answer.total}`);
      hasMore = answer.hasMore;
      // If some were deleted in the meantime, others have moved up to pages that were already read.
      const deleted = Math.max(total - answer.total, 0);
      if (deleted > 0) {
        hasMore = true;
        pageNumber = Math.max(pageNumber - Math.ceil(deleted / PAGE_SIZE) - 1, -1);
      }
      ({ total } = answer);
    }
  }

  async function refreshMissing(): Promise<number> {
    const missing = await accounts.findOlderThan(firstRead);
    const ids = [...missing.orgIds, ...missing.userIds];
    if (!options.deleteMany && ids.length > Math.max(MAX_MISSING, missing.all / 10)) {
      throw new TooManyMissingError(
        `PropelAuth does not list ${ids.length} of our ${missing.all} accounts, so nothing is marked as deleted. ` +
          'If this is the right PropelAuth project, add --delete-many.',
      );
    }
    let changes = 0;
    for (const orgId of missing.orgIds) {
      changes += await ask(() => accounts.refreshOrg(orgId), options);
    }
    for (const userId of missing.userIds) {
      changes += await ask(() => accounts.refreshUser(userId), options);
    }
    return changes;
  }
}

/** Sends a rate-limited request again, after as long as PropelAuth says. */
async function ask<Answer>(
  question: () => Promise<Answer>,
  { log, wait = (seconds) => delay(seconds * 1000) }: BackfillOptions,
): Promise<Answer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await question();
    } catch (error) {
      if (!isRateLimit(error) || attempt === MAX_ATTEMPTS) throw error;
      const seconds = error.retryAfterSeconds ?? Math.min(2 ** attempt, MAX_WAIT_SECONDS);
      log(`PropelAuth limits the requests; waiting ${seconds} s`);
      await wait(seconds);
    }
  }
}

function isRateLimit(error: unknown): error is PropelAuthApiError {
  return error instanceof PropelAuthApiError && error.code === 'rate_limited';
}
