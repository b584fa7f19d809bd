import { EventEmitter } from 'node:events';
import { randomUUID } from 'node:crypto';
import { rememberUpgradeRequest } from '../../../transports/websockets/websocket-handshake.js';
import type { DescribedHandler } from '../../../audit/describe-access.js';
import type { CallParts, Credentials } from '../entry-point.js';
import { orgPlacesOf, orgValuesIn } from '../org-places.js';
import { credentialHeaders } from '../sent-headers.js';
import { dataFor } from './sent-data.js';

/** The headers of the upgrade request. */
interface Handshake {
  readonly headers: Record<string, string>;
  readonly rawHeaders: string[];
}

/** A client without a connection. Messages to the client are dropped. */
interface MadeUpClient extends EventEmitter {
  /** Makes listeners forget the client. */
  leave(): void;
}

/** The arguments of a gateway event. */
export function socketArguments(
  { description: { name }, access }: DescribedHandler,
  parts: CallParts,
  isSocketIo: boolean,
): { readonly client: MadeUpClient; readonly args: readonly unknown[] } {
  const handshake = handshakeOf(parts.credentials, {
    ...orgValuesIn('header', orgPlacesOf(access.orgSources, parts)),
    ...parts.given.headers,
  });
  const client = isSocketIo ? socketIoClient(handshake) : nativeClient(handshake);
  const event = name.slice('event '.length);
  return { client, args: [client, dataFor(access, parts), () => {}, event] };
}

function handshakeOf(
  credentials: Credentials,
  others: Readonly<Record<string, string>>,
): Handshake {
  const sent: [string, string][] = [
    ...Object.entries(credentialHeaders(credentials)).flatMap(([name, values]) =>
      [values].flat().map((value): [string, string] => [name, value]),
    ),
    ...Object.entries(others),
  ].map(([name, value]) => [name.toLowerCase(), value]);
  return {
    // Reversed, because Node.js keeps the first of several headers.
    headers: Object.fromEntries(sent.toReversed()),
    rawHeaders: sent.flat(),
  };
}

function socketIoClient({ headers, rawHeaders }: Handshake): MadeUpClient {
  const events = new EventEmitter();
  return Object.assign(events, {
    id: randomUUID(),
    data: {},
    handshake: { headers, auth: {}, query: {} },
    request: { headers, rawHeaders },
    connected: true,
    conn: { close() {} },
    rooms: new Set<string>(),
    disconnect() {},
    leave: () => void events.emit('disconnect'),
  });
}

function nativeClient({ headers, rawHeaders }: Handshake): MadeUpClient {
  const events = new EventEmitter();
  const client = Object.assign(events, {
    readyState: 1,
    send() {},
    close() {},
    terminate() {},
    leave: () => void events.emit('close'),
  });
  // The same call as in PropelAuthService.authenticateConnection().
  rememberUpgradeRequest(client, { headers, rawHeaders });
  return client;
}
