import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import {
  accessSubject,
  UNDATED,
  type ChangedAccess,
  type CurrentAccess,
  type DecidedAccess,
} from '../plugins/current-access.js';
import { Hooks } from '../plugins/hooks.js';
import { ResolvedOptions } from '../options/resolved-options.js';
import { Rejection } from '../rejections/rejection.js';
import { LimitedLog } from '../values/limited-log.js';
import { loggableError } from '../values/loggable.js';

/** The longest time that `setTimeout` supports, in milliseconds. With a longer time, the timer fires at once. */
const MAXIMUM_TIMEOUT = 2_147_483_647;

/** Why a stream ends. */
export type EndReason = 'token_expired' | 'access_changed';

/** The reasons as text for clients. */
export function describeEnd(why: EndReason): string {
  return why === 'token_expired' ? 'Token expired' : 'Access changed';
}

/** Whose access a caller has, and until when. */
export interface CallerAccess {
  /** The user of the token or API key, if there is one. */
  readonly userId: string | undefined;
  /** The organization that the credential belongs to, if it belongs to one. */
  readonly orgId: string | undefined;
  /** Until when the credential is valid, leeway included: milliseconds since 1970. `undefined` for an API key. */
  readonly validUntil: number | undefined;
}

/** The access that a stream was opened with. */
export interface StreamAccess extends DecidedAccess, Pick<CallerAccess, 'validUntil'> {}

/** A response or connection that stays open: server-sent events, a socket, a GraphQL connection. */
export interface OpenStream extends StreamAccess {
  /** Closes the stream. It is called at most once, and never by {@link OpenStreams.add} itself. */
  end(why: EndReason): void;
}

/**
 * The streams that are open now. Each ends when its token expires, and when the access changes that it was opened with.
 *
 * It keeps only open streams: whoever adds a stream removes it when it closes.
 */
@Injectable()
export class OpenStreams implements OnApplicationShutdown {
  /** The open streams, by the user's id in lower case. */
  private readonly byUser = new Map<string | undefined, Set<OpenStream>>();
  private readonly timers = new Map<OpenStream, NodeJS.Timeout>();
  private readonly failures = new LimitedLog();
  private readonly currentAccess: CurrentAccess | undefined;

  constructor(
    private readonly options: ResolvedOptions,
    hooks: Hooks,
  ) {
    this.currentAccess = hooks.access;
    this.currentAccess?.listen({
      onChange: (change) => this.endAll(this.concernedBy(change)),
      // Streams with a time limit end when their tokens expire, so that a gap does not make all clients connect again at the same time.
      onGap: () => this.endAll(this.withoutTimeLimit()),
      onDoubt: () => this.endRevoked(),
    });
  }

  /** Whether anything ends a stream with this access, before it closes by itself. */
  mayEnd(access: StreamAccess): boolean {
    return this.currentAccess !== undefined || this.timeLimitOf(access).at !== Infinity;
  }

  /** The time for {@link StreamAccess.decidedSince}: take it before the decision begins. */
  get now(): number {
    return this.currentAccess?.now ?? 0;
  }

  /**
   * Adds a stream that a decision has allowed. If access has changed since the decision began, the stream ends at once.
   *
   * @returns a function that removes the stream, to be called when the stream has closed. Calling it again does nothing
   */
  add(stream: OpenStream): () => void {
    const userKey = stream.userId?.toLowerCase();
    const streams = this.byUser.get(userKey) ?? new Set();
    this.byUser.set(userKey, streams.add(stream));
    this.startTimer(stream, this.timeLimitOf(stream));
    return () => this.remove(stream);
  }

  /** Why a stream that is added with this access ends at once, if it does. */
  endOf(access: StreamAccess): EndReason | undefined {
    const { at, why } = this.timeLimitOf(access);
    return at <= Date.now() ? why : undefined;
  }

  onApplicationShutdown(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
    this.byUser.clear();
  }

  private remove(stream: OpenStream): void {
    clearTimeout(this.timers.get(stream));
    this.timers.delete(stream);
    const userKey = stream.userId?.toLowerCase();
    const streams = this.byUser.get(userKey);
    streams?.delete(stream);
    if (streams?.size === 0) this.byUser.delete(userKey);
  }

  /** When a stream ends without an event: milliseconds since 1970. */
  private timeLimitOf(access: StreamAccess): { at: number; why: EndReason } {
    const { endStreamsAtExpiry } = this.options;
    const expiry = (endStreamsAtExpiry ? access.validUntil : undefined) ?? Infinity;
    const change = this.currentAccess?.secondsUntilOutdated(access) ?? Infinity;
    const changeAt = Date.now() + change * 1000;
    return expiry <= changeAt
      ? { at: expiry, why: 'token_expired' }
      : { at: changeAt, why: 'access_changed' };
  }

  private startTimer(stream: OpenStream, limit: { at: number; why: EndReason }): void {
    if (limit.at === Infinity) return;
    const remaining = Math.max(0, limit.at - Date.now());
    const timer = setTimeout(
      () => (limit.at > Date.now() ? this.startTimer(stream, limit) : this.end(stream, limit.why)),
      Math.min(remaining, MAXIMUM_TIMEOUT),
    );
    // An open connection keeps the process running. This timer must not.
    timer.unref();
    this.timers.set(stream, timer);
  }

  private endAll(streams: OpenStream[]): void {
    for (const stream of streams) this.end(stream, 'access_changed');
  }

  /** Ends the streams of users who have lost access, according to PropelAuth. Without an answer, a stream stays open. */
  private endRevoked(): void {
    for (const stream of this.all()) {
      void this.isRevoked(stream).then((isRevoked) => {
        if (isRevoked && this.isOpen(stream)) this.end(stream, 'access_changed');
      });
    }
  }

  private async isRevoked({ userId, orgIds }: OpenStream): Promise<boolean> {
    if (userId === undefined) return false;
    if (orgIds === 'any') return true;
    try {
      // Who opened the stream does not matter: the answer alone counts.
      const present = await this.currentAccess?.present(
        accessSubject(userId, [...orgIds], UNDATED),
      );
      return present !== undefined && [...orgIds].some(present.hasLost);
    } catch (error) {
      return error instanceof Rejection && error.reason === 'token_revoked';
    }
  }

  private isOpen(stream: OpenStream): boolean {
    return this.byUser.get(stream.userId?.toLowerCase())?.has(stream) === true;
  }

  private withoutTimeLimit(): OpenStream[] {
    return this.all().filter((stream) => !this.timers.has(stream));
  }

  private all(): OpenStream[] {
    return [...this.byUser.values()].flatMap((streams) => [...streams]);
  }

  /** The streams that a change concerns, as a copy, because streams that end are removed. */
  private concernedBy(change: ChangedAccess): OpenStream[] {
    if (change.subject === 'user') return [...(this.byUser.get(change.userId.toLowerCase()) ?? [])];
    return change.subject === 'unknown'
      ? this.all()
      : this.all().filter(({ orgIds }) => orgIds === 'any' || hasId(orgIds, change.orgId));
  }

  /** A stream that cannot be closed must not keep the others open. */
  private end(stream: OpenStream, why: EndReason): void {
    this.remove(stream);
    try {
      stream.end(why);
    } catch (error) {
      const { message, stack } = loggableError(error);
      this.failures.error(`A stream could not be ended (${why}): ${message}`, stack);
    }
  }
}

/** Compares ids without regard to upper and lower case. */
function hasId(ids: ReadonlySet<string>, id: string): boolean {
  return [...ids].some((one) => one.toLowerCase() === id.toLowerCase());
}
