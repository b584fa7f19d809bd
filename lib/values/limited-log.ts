import { createHash } from 'node:crypto';
import { Logger } from '@nestjs/common';

const BETWEEN_LINES_MILLISECONDS = 60_000;

/** How many different texts are logged per minute. */
const MAXIMUM_TEXTS = 100;

interface LoggedText {
  readonly loggedAt: number;
  /** How many identical lines were left out since `loggedAt`. */
  leftOut: number;
}

/**
 * Logs lines that callers can cause as often as they like: each text at most once a minute, with the number of lines left out. Uses the
 * monotonic clock, which is never set back.
 */
export class LimitedLog {
  private readonly logger = new Logger('PropelAuth');
  /** The logged texts, by the hash of the text, the oldest first. */
  private readonly lines = new Map<string, LoggedText>();
  /** How many lines were left out whose texts are not in `lines`. */
  private others = 0;

  /** @returns whether the line was logged */
  warn(text: string): boolean {
    return this.limit(text, (line) => this.logger.warn(line));
  }

  /**
   * @param stack shown below the line by Nest's logger. Lines with the same text and another stack are identical
   * @returns whether the line was logged
   */
  error(text: string, stack?: string): boolean {
    return this.limit(text, (line) => this.logger.error(line, stack));
  }

  private limit(text: string, write: (line: string) => void): boolean {
    const key = createHash('sha256').update(text).digest('base64');
    const known = this.lines.get(key);
    const now = performance.now();
    if (known !== undefined && isRecent(known, now)) {
      known.leftOut++;
      return false;
    }
    if (known === undefined && !this.makeRoom(now)) {
      this.others++;
      return false;
    }
    // A new entry goes to the end of the map.
    this.lines.delete(key);
    this.lines.set(key, { loggedAt: now, leftOut: 0 });
    write(`${text}${describe('identical', known?.leftOut ?? 0)}${describe('other', this.others)}`);
    this.others = 0;
    return true;
  }

  /** Makes room for another text: if there are too many, forgets those last logged more than a minute ago. */
  private makeRoom(now: number): boolean {
    if (this.lines.size < MAXIMUM_TEXTS) return true;
    for (const [key, line] of this.lines) {
      if (isRecent(line, now)) break;
      this.lines.delete(key);
      this.others += line.leftOut;
    }
    return this.lines.size < MAXIMUM_TEXTS;
  }
}

function isRecent({ loggedAt }: LoggedText, now: number): boolean {
  return now - loggedAt < BETWEEN_LINES_MILLISECONDS;
}

function describe(which: string, leftOut: number): string {
  return leftOut === 0 ? '' : ` (${which} lines left out: ${leftOut})`;
}
