import { unavailable } from '../../rejections/rejection.js';

const MAXIMUM_WAIT_MILLISECONDS = 2_000;
/** The maximum for each group: credentials that were valid lately, and all others. Neither group takes the room of the other. */
const MAXIMUM_WAITING = 10_000;
/**
 * How many turns in a row go to credentials that were valid lately, before another credential gets one. So new credentials get through when
 * the queue is busy.
 */
const MAXIMUM_KNOWN_IN_A_ROW = 4;

/** The party and the credential that a request to PropelAuth is for. */
export interface Requester {
  /** Whether the credential was valid lately. */
  readonly isKnown: boolean;
  /** The group that shares its turns, such as the clients of one address. */
  readonly party: string;
}

interface Waiting {
  readonly start: () => void;
  readonly reject: () => void;
}

/**
 * Sends a limited number of requests to PropelAuth at a time. Others wait for their turn, for up to 2 s.
 *
 * Four of five turns go to credentials that were valid lately, one to all others. A turn that one group does not need goes to the other.
 * Within a group, the parties take turns, so a party with many credentials, valid or made up, does not delay the others for long.
 */
export class RequestQueue {
  private running = 0;
  private knownInARow = 0;
  private readonly known = new Turns<Waiting>();
  private readonly others = new Turns<Waiting>();

  /**
   * @param concurrency how many requests are sent at a time
   * @param tooMany the error for a request that does not get its turn. Default: `propelauth_unavailable`
   */
  constructor(
    private readonly concurrency: number,
    private readonly tooMany: () => Error = tooManyToPropelAuth,
  ) {}

  /**
   * Sends a request when it is its turn.
   *
   * @throws {Rejection} `propelauth_unavailable` when the turn does not come within 2 s, and when too many requests wait
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

  /** Hands the place of a finished request to the next one. */
  private finish(): void {
    const next = this.takeNext();
    if (next === undefined) this.running--;
    else next.start();
  }

  private turnOf({ isKnown, party }: Requester): Promise<void> {
    const turns = isKnown ? this.known : this.others;
    if (turns.size >= MAXIMUM_WAITING) {
      const last = turns.takeFromLongLine(party);
      if (last === undefined) return Promise.reject(this.tooMany());
      last.reject();
    }
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        start: () => {
          clearTimeout(timer);
          resolve();
        },
        reject: () => {
          clearTimeout(timer);
          reject(this.tooMany());
        },
      };
      const timer = setTimeout(() => {
        turns.remove(party, waiting);
        waiting.reject();
      }, MAXIMUM_WAIT_MILLISECONDS);
      timer.unref();
      turns.add(party, waiting);
    });
  }

  private takeNext(): Waiting | undefined {
    const known =
      this.knownInARow < MAXIMUM_KNOWN_IN_A_ROW || this.others.size === 0
        ? this.known.takeNext()
        : undefined;
    this.knownInARow = known === undefined ? 0 : this.knownInARow + 1;
    return known ?? this.others.takeNext();
  }
}

function tooManyToPropelAuth(): Error {
  return unavailable('Too many requests to PropelAuth are waiting');
}

/** Waiting items, each in the queue of its party. The parties take turns, so a long queue delays only its own party. */
class Turns<Item> {
  /** The waiting items by party, in the order of the parties' turns. */
  private readonly lines = new Map<string, Item[]>();
  private count = 0;

  get size(): number {
    return this.count;
  }

  add(party: string, item: Item): void {
    const line = this.lines.get(party) ?? [];
    line.push(item);
    this.lines.set(party, line);
    this.count++;
  }

  /** Takes the first item of the party whose turn it is. */
  takeNext(): Item | undefined {
    const [turn] = this.lines;
    if (turn === undefined) return undefined;
    const [party, line] = turn;
    const next = line.shift();
    this.count--;
    this.lines.delete(party);
    // The party goes behind all others.
    if (line.length > 0) this.lines.set(party, line);
    return next;
  }

  /** Takes the last item of a party whose line is at least average, and longer than that of the party that needs room. */
  takeFromLongLine(needsRoom: string): Item | undefined {
    const ownLength = this.lines.get(needsRoom)?.length ?? 0;
    const average = this.count / this.lines.size;
    if (ownLength >= average) return undefined;
    for (const [party, line] of this.lines) {
      const last = line.at(-1);
      if (last === undefined || line.length < average || line.length <= ownLength + 1) continue;
      this.remove(party, last);
      return last;
    }
    return undefined;
  }

  remove(party: string, item: Item): void {
    const line = this.lines.get(party);
    const position = line?.indexOf(item) ?? -1;
    if (line === undefined || position < 0) return;
    line.splice(position, 1);
    this.count--;
    if (line.length === 0) this.lines.delete(party);
  }
}
