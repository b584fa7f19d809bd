import type { CallTools } from '../call-tools.js';
import { exceptionFor, isRejectionException } from '../../rejections/exception-for.js';
import { Rejection } from '../../rejections/rejection.js';
import type { RejectionBodyOptions } from '../../rejections/rejection.exceptions.js';
import {
  endConnection,
  isConnected,
  isSocketClient,
  leaveRoomsAtEnd,
  onceClosed,
  type SocketClient,
} from './websocket-clients.js';
import { emitException } from './websocket-exception.js';
import {
  describeEnd,
  type EndReason,
  type OpenStreams,
  type StreamAccess,
} from '../open-streams.js';

/**
 * The limit of remembered organizations, because a client may send messages for any number. Beyond it, a change of any organization ends
 * the connection.
 */
const MAXIMUM_ORGS = 100;

/** The access that a connection is used with, and the function that removes it from the open streams. */
interface UseOfConnection {
  readonly access: StreamAccess;
  readonly remove: () => void;
}

/** The uses of a connection, by user. Most connections have one user, who opened them; a `tokenSource` may find others in the messages. */
type Uses = Map<string | undefined, UseOfConnection>;

/** The uses of connections, for each application: several in one process may share a server. */
const usesByStreams = new WeakMap<OpenStreams, WeakMap<object, Uses>>();

/**
 * Ends a WebSocket connection when the access ends that allowed the connection, or a message over it.
 *
 * @param client the connection. One that is neither of socket.io nor of `ws` stays open
 */
export function endSocketWithAccess(
  client: unknown,
  access: StreamAccess,
  tools: Pick<CallTools, 'streams' | keyof RejectionBodyOptions>,
): void {
  if (!isSocketClient(client) || !isConnected(client)) return;
  const { streams } = tools;
  const uses = usesOf(client, streams);
  const earlier = uses.get(access.userId);
  if (earlier !== undefined && covers(earlier.access, access)) return;
  earlier?.remove();
  const both = earlier === undefined ? access : combine(earlier.access, access);
  const remove = streams.add({ ...both, end: (why) => end(client, why, tools) });
  uses.set(access.userId, { access: both, remove });
}

function usesOf(client: SocketClient, streams: OpenStreams): Uses {
  const connections = usesByStreams.get(streams) ?? new WeakMap<object, Uses>();
  usesByStreams.set(streams, connections);
  const uses = connections.get(client) ?? startUses(client);
  connections.set(client, uses);
  return uses;
}

function startUses(client: SocketClient): Uses {
  const uses: Uses = new Map();
  leaveRoomsAtEnd(client);
  onceClosed(client, () => {
    for (const { remove } of uses.values()) remove();
  });
  return uses;
}

function end(client: SocketClient, why: EndReason, options: RejectionBodyOptions): void {
  if (why === 'token_expired') tellOfExpiry(client, options);
  endConnection(client, describeEnd(why));
}

function tellOfExpiry(client: SocketClient, options: RejectionBodyOptions): void {
  const exception = exceptionFor(new Rejection('token_expired'), options);
  if (isRejectionException(exception)) emitException(client, exception);
}

/** Whether the known access already includes the new one. */
function covers(known: StreamAccess, { orgIds, validUntil }: StreamAccess): boolean {
  return (
    laterOf(known.validUntil, validUntil) === known.validUntil &&
    (known.orgIds === 'any' || (orgIds !== 'any' && isSubset(orgIds, known.orgIds)))
  );
}

/** The earlier decision counts for the time, because access may have changed shortly before it. */
function combine(known: StreamAccess, latest: StreamAccess): StreamAccess {
  return {
    userId: latest.userId,
    orgIds: unionOf(known.orgIds, latest.orgIds),
    validUntil: laterOf(known.validUntil, latest.validUntil),
    decidedSince: Math.min(known.decidedSince, latest.decidedSince),
  };
}

function unionOf(one: StreamAccess['orgIds'], other: StreamAccess['orgIds']) {
  if (one === 'any' || other === 'any') return 'any';
  const union = new Set([...one, ...other]);
  return union.size > MAXIMUM_ORGS ? 'any' : union;
}

function isSubset(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  for (const value of one) if (!other.has(value)) return false;
  return true;
}

/** An API key does not expire. */
function laterOf(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? undefined : Math.max(one, other);
}
