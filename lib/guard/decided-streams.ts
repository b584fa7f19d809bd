import { Injectable } from '@nestjs/common';
import { TokenAuthenticator } from '../callers/token/token-authenticator.js';
import type { Decision } from '../decision/decision.js';
import { addEventStream } from '../streams/event-streams.js';
import { OpenStreams, type StreamAccess } from '../streams/open-streams.js';
import { SocketStreams } from '../streams/socket-streams.js';

/** Has the streams that a decision lets in end with the caller's access. */
@Injectable()
export class DecidedStreams {
  constructor(
    private readonly streams: OpenStreams,
    private readonly sockets: SocketStreams,
    private readonly tokens: TokenAuthenticator,
  ) {}

  /** Before a decision: access that changes from here on ends what it lets in. */
  begin(decision: Decision): void {
    if (mayOpenStream(decision)) decision.begunAt = this.streams.now;
  }

  /** In the same turn in which a call is allowed. */
  keep(decision: Decision): void {
    if (!mayOpenStream(decision)) return;
    const access = this.accessOf(decision);
    if (access === undefined) return;
    const { context } = decision;
    switch (context.getType<string>()) {
      case 'http':
        return addEventStream(this.streams, context.switchToHttp().getResponse(), access);
      case 'ws':
        return this.sockets.add(context.switchToWs().getClient(), access);
    }
  }

  /** @returns `undefined` for callers whom nothing is known of */
  private accessOf({ user, apiKey, org, begunAt }: Decision): StreamAccess | undefined {
    const userId = user?.userId ?? apiKey?.user?.userId;
    const orgIds = new Set([org?.orgId, apiKey?.org?.orgId].filter((id) => id !== undefined));
    if (userId === undefined && orgIds.size === 0) return undefined;
    const validUntil = user === null ? undefined : this.tokens.validUntil(user);
    return { userId, orgIds, validUntil, decidedSince: begunAt };
  }
}

/** Of HTTP, only few routes; of the rest, whatever comes over a connection. */
function mayOpenStream({ policy, context }: Decision): boolean {
  return policy?.opensEventStream === true || context.getType() !== 'http';
}
