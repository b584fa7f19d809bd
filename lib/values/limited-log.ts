import { createHash } from 'node:crypto';
import { Logger } from '@nestjs/common';

const BETWEEN_LINES_MILLISECONDS = 60_000;

/** How many different texts are logged within that time. */
const MAXIMUM_TEXTS = 100;

interface LoggedText {
  readonly loggedAt: number;
  /** How often it was left out since. */
  leftOut: number;
}

/**
 * Logs lines that callers can cause as often as they like: each text at most once a minute, with the number of lines left out. It uses a
 * clock that is never set back.
 */
export class LimitedLog {
  private readonly logger = new Logger('PropelAuth');
  /** What was logged, by the hash of its text; the oldest first. */
  private readonly lines = new Map<string, LoggedText>();
  /** How many lines were left out whose texts are not kept. */
  private others = 0;

  /** @returns whether the line was logged */
  warn(text: string): boolean {
    return this.limit(text, (line) => this.logger.warn(line));
  }

  /**
   * @param stack what Nest's logger shows below the line. It is not part of the text
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
    // To the end of the map.
    this.lines.delete(key);
    this.lines.set(key, { loggedAt: now, leftOut: 0 });
    write(`${text}${describe('identical', known?.leftOut ?? 0)}${describe('other', this.others)}`);
    this.others = 0;
    return true;
  }

  /** Forgets the texts that were last logged more than a minute ago, if there are too many. */
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
