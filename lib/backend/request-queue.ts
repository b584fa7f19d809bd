import { unavailable } from '../refusals/refusal.js';
import { addressGroupOf } from './address-group.js';

const MAXIMUM_WAIT_MILLISECONDS = 2_000;
const MAXIMUM_WAITING = 10_000;

/** On whose behalf PropelAuth is asked. */
export interface Requester {
  /** Whether the credential was good lately. */
  readonly isKnown: boolean;
  /** The address of the client, if it is known. */
  readonly address: string | undefined;
}

/** A request that waits for its turn. */
interface Waiting {
  readonly start: () => void;
  readonly reject: (error: Error) => void;
}

/**
 * Sends so many requests to PropelAuth at a time, and lets the others wait for up to 2 s. None waits while there is room. Credentials that
 * were good lately come first, and then each client address in turn: whoever makes up credentials delays nobody else's for long.
 */
export class RequestQueue {
  private running = 0;
  private waiting = 0;
  private readonly known: Waiting[] = [];
  /** By client address, in the order of their turns. */
  private readonly byAddress = new Map<string, Waiting[]>();

  /** @param concurrency how many requests are sent at a time */
  constructor(private readonly concurrency: number) {}

  /**
   * Sends a request when it is its turn.
   *
   * @throws {Refusal} `propelauth_unavailable` when its turn does not come within 2 s, and when too many wait
   */
  async run<Result>(requester: Requester, send: () => Promise<Result>): Promise<Result> {
    if (this.running >= this.concurrency) await this.turnOf(requester);
    else this.running++;
    try {
      return await send();
    } finally {
      this.finish();
    }
  }

  /** The one that finishes hands its place over to the next. */
  private finish(): void {
    const next = this.takeNext();
    if (next === undefined) this.running--;
    else next.start();
  }

  private turnOf({ isKnown, address }: Requester): Promise<void> {
    const group = addressGroupOf(address);
    const ownLength = isKnown ? 0 : (this.byAddress.get(group)?.length ?? 0);
    if (this.waiting >= MAXIMUM_WAITING && !this.makeRoom(ownLength)) {
      return Promise.reject(tooMany());
    }
    const line = isKnown ? this.known : this.lineOf(group);
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        start: () => {
          clearTimeout(timer);
          resolve();
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      };
      const timer = setTimeout(() => this.drop(line, group, waiting), MAXIMUM_WAIT_MILLISECONDS);
      timer.unref();
      line.push(waiting);
      this.waiting++;
    });
  }

  private lineOf(group: string): Waiting[] {
    const line = this.byAddress.get(group) ?? [];
    this.byAddress.set(group, line);
    return line;
  }

  private takeNext(): Waiting | undefined {
    const next = this.known.shift() ?? this.takeFromNextAddress();
    if (next !== undefined) this.waiting--;
    return next;
  }

  private takeFromNextAddress(): Waiting | undefined {
    const [turn] = this.byAddress;
    if (turn === undefined) return undefined;
    const [group, line] = turn;
    const next = line.shift();
    this.byAddress.delete(group);
    // Behind all others.
    if (line.length > 0) this.byAddress.set(group, line);
    return next;
  }

  /**
   * Drops the last request of an address that has more waiting than others.
   *
   * @param ownLength how many wait for the address that needs room
   */
  private makeRoom(ownLength: number): boolean {
    const average = this.waiting / Math.max(1, this.byAddress.size);
    if (ownLength >= average) return false;
    for (const [other, line] of this.byAddress) {
      const last = line.at(-1);
      if (last === undefined || line.length < average || line.length <= ownLength + 1) continue;
      this.drop(line, other, last);
      return true;
    }
    return false;
  }

  private drop(line: Waiting[], group: string, waiting: Waiting): void {
    const position = line.indexOf(waiting);
    if (position < 0) return;
    line.splice(position, 1);
    this.waiting--;
    if (line.length === 0 && line !== this.known) this.byAddress.delete(group);
    waiting.reject(tooMany());
  }
}

function tooMany(): Error {
  return unavailable('Too many requests to PropelAuth are waiting');
}
