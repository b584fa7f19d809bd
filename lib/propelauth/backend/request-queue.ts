import { unavailable } from '../../rejections/rejection.js';
import { Turns } from './turns.js';

const MAXIMUM_WAIT_MILLISECONDS = 2_000;
/** Of credentials that were good lately, and of others: neither takes the room of the other. */
const MAXIMUM_WAITING = 10_000;
/** So many in a row were good lately, and then it is the turn of another, so that new credentials become known, however busy it is. */
const MAXIMUM_KNOWN_IN_A_ROW = 4;

/** The party for which PropelAuth is asked. */
export interface Requester {
  /** Whether the credential was good lately. */
  readonly isKnown: boolean;
  /** With whom it shares its turns, such as the clients of one address. */
  readonly party: string;
}

/** A request that waits for its turn. */
interface Waiting {
  readonly start: () => void;
  readonly reject: () => void;
}

/**
 * Sends a limited number of requests to PropelAuth at a time, and lets the others wait for up to 2 s. No request waits while there is room.
 * Of five places that become free, four go to credentials that were valid lately and one to all others; a place that one group does not
 * need goes to the other. Within each group, the parties take turns, so a party that sends many credentials, valid or made up, does not
 * delay the others for long.
 */
export class RequestQueue {
  private running = 0;
  private knownInARow = 0;
  private readonly known = new Turns<Waiting>();
  private readonly others = new Turns<Waiting>();

  /** @param concurrency how many requests are sent at a time */
  constructor(private readonly concurrency: number) {}

  /**
   * Sends a request when it is its turn.
   *
   * @throws {Rejection} `propelauth_unavailable` when its turn does not come within 2 s, and when too many wait
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

  private turnOf({ isKnown, party }: Requester): Promise<void> {
    const turns = isKnown ? this.known : this.others;
    if (turns.size >= MAXIMUM_WAITING) {
      const last = turns.takeFromLongLine(party);
      if (last === undefined) return Promise.reject(tooMany());
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
          reject(tooMany());
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

function tooMany(): Error {
  return unavailable('Too many requests to PropelAuth are waiting');
}
