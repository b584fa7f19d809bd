import { LRUCache } from 'lru-cache';
import { lazily } from '../../values/lazily.js';
import {
  hasFailed,
  type Answer,
  type Counts,
  type FailedQuestion,
  type KnownState,
} from './answer.js';
import type { CacheCounts } from '../../plugins/hooks.js';
import type { Clock } from '../../values/clock.js';

/** A forgotten answer only costs another question. */
const MAXIMUM_ENTRIES = 10_000;
/** The total number of organizations, roles and permissions in all answers. A user in many organizations counts for several. */
const MAXIMUM_SIZE = 500_000;
/** How many bytes of names, properties and metadata count as much as one permission. */
const BYTES_PER_UNIT = 50;
/** The approximate memory of a value, besides its text. */
const BYTES_PER_VALUE = 16;

/** For how long nobody is asked again after a failure. */
const FAILURE_SECONDS = 1;

/** What is cached about a user. A failure does not replace what was known before. */
interface Entry {
  readonly known: KnownState | undefined;
  readonly failed: FailedQuestion | undefined;
}

const NOTHING_KNOWN: Entry = { known: undefined, failed: undefined };

/** Caches the last answer about each user. */
export class Answers {
  private readonly entries = lazily(
    () =>
      new LRUCache<string, Entry>({
        max: MAXIMUM_ENTRIES,
        maxSize: MAXIMUM_SIZE,
        sizeCalculation: sizeOf,
      }),
  );

  private hits = 0;
  private misses = 0;

  constructor(private readonly clock: Clock) {}

  /**
   * The answer about a user, if it counts. A later failure counts for a second, if the answer does not.
   *
   * @param counts whether the state in an answer is still used
   */
  get(userId: string, counts: Counts): Answer | undefined {
    const { known, failed } = this.entries().get(userId) ?? NOTHING_KNOWN;
    const answer = known !== undefined && counts(known) ? known : failed;
    const isUsable = answer !== undefined && (!hasFailed(answer) || this.isRecent(answer));
    if (isUsable) this.hits++;
    else this.misses++;
    return isUsable ? answer : undefined;
  }

  /** The counts of the cache since the start. */
  get counts(): CacheCounts {
    return { entries: this.entries().size, hits: this.hits, misses: this.misses };
  }

  /** Stores an answer, unless there is one to a later question. */
  set(userId: string, answer: Answer): void {
    const { known, failed } = this.entries().get(userId) ?? NOTHING_KNOWN;
    if (answer.askedAt < Math.max(known?.askedAt ?? 0, failed?.askedAt ?? 0)) return;
    const entry = hasFailed(answer)
      ? { known, failed: answer }
      : { known: answer, failed: undefined };
    this.entries().set(userId, entry);
  }

  private isRecent({ failedAt }: FailedQuestion): boolean {
    return this.clock.monotonicSeconds() - failedAt < FAILURE_SECONDS;
  }
}

/**
 * The size of an answer: its organizations, roles and permissions, plus one unit for every {@link BYTES_PER_UNIT} of other data; at least
 * one.
 */
function sizeOf({ known }: Entry): number {
  if (!known?.state) return 1;
  const { orgs, profile } = known.state;
  let size = 0;
  let bytes = sizeOfJson(profile);
  for (const { orgName, urlSafeOrgName, orgMetadata, ...roles } of orgs.values()) {
    bytes += sizeOfJson(orgName) + sizeOfJson(urlSafeOrgName) + sizeOfJson(orgMetadata);
    size +=
      2 +
      roles.userInheritedRolesPlusCurrentRole.length +
      roles.userAssignedAdditionalRoles.length +
      roles.userPermissions.length;
  }
  return Math.max(1, size + Math.ceil(bytes / BYTES_PER_UNIT));
}

/**
 * The approximate size of a JSON value in memory, in bytes; 0 for `undefined`. Iterates instead of recursing, since the sender chooses how
 * deep the value is.
 */
function sizeOfJson(root: unknown): number {
  const remaining: unknown[] = [root];
  let size = 0;
  while (remaining.length > 0) {
    const value = remaining.pop();
    if (value === undefined) continue;
    size += BYTES_PER_VALUE + (typeof value === 'string' ? value.length : 0);
    if (typeof value !== 'object' || value === null) continue;
    for (const [name, child] of Object.entries(value)) {
      size += name.length;
      remaining.push(child);
    }
  }
  return size;
}
