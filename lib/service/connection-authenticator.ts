import { isRefusalException, exceptionFor } from '../refusals/exception-for.js';
import { STATUS_CODES, type IncomingMessage } from 'node:http';
import { HttpStatus, Injectable, Logger } from '@nestjs/common';
import type { UserClass } from '@propelauth/node-apis';
import { ResolvedOptions } from '../options/resolved-options.js';
import { TokenAuthenticator } from '../callers/token/token-authenticator.js';
import { emitException } from '../transport/websocket/websocket-exception.js';
import {
  isConnected,
  isNativeClient,
  isSocketIoClient,
  type NativeClient,
  type SocketIoClient,
} from '../transport/websocket/websocket-clients.js';
import {
  describeHandshakeRefusal,
  handshakeTokenOf,
  rememberUpgradeRequest,
} from '../transport/websocket/websocket-handshake.js';
import { Refusal } from '../refusals/refusal.js';
import { LimitedLog } from '../values/limited-log.js';
import { loggableError } from '../values/loggable.js';

// As numbers, which exceptions have.
const INTERNAL_SERVER_ERROR: number = HttpStatus.INTERNAL_SERVER_ERROR;
const SERVICE_UNAVAILABLE: number = HttpStatus.SERVICE_UNAVAILABLE;

type Client = SocketIoClient | NativeClient;

/** The longest time that `setTimeout` can wait, in milliseconds; a longer one it takes for none. */
const MAXIMUM_TIMEOUT = 2_147_483_647;

/** Close codes of WebSockets (RFC 6455, section 7.4.1, and its registry). */
const CLOSE_CODES = { policyViolation: 1008, tryAgainLater: 1013, internalError: 1011 };

/** Verifies who opens a WebSocket connection, and ends it when that may not be believed any longer. */
@Injectable()
export class ConnectionAuthenticator {
  private readonly logger = new Logger('PropelAuth');
  private readonly failures = new LimitedLog();
  private readonly timers = new WeakMap<object, NodeJS.Timeout>();

  constructor(
    private readonly authenticator: TokenAuthenticator,
    private readonly options: ResolvedOptions,
  ) {}

  /**
   * @param request the request that opened the connection, where the client does not know it itself
   * @returns the user; `null` when the client was disconnected
   * @throws {TypeError} for what is no client of socket.io or `ws`
   */
  async authenticate(client: object, request?: IncomingMessage): Promise<UserClass | null> {
    assertClient(client);
    if (request !== undefined) rememberUpgradeRequest(client, request);
    try {
      const token = handshakeTokenOf(client);
      const { user, validUntil } = await this.authenticator.verifyToken(token, client);
      if (!isConnected(client)) return null;
      this.disconnectAt(client, validUntil);
      return user;
    } catch (error) {
      this.rejectConnection(client, error);
      return null;
    }
  }

  /** Ends a connection when its token expires; once, however many gateways ask. */
  private disconnectAt(client: Client, validUntil: number): void {
    if (this.timers.has(client)) return;
    this.startTimer(client, validUntil);
    const forget = () => clearTimeout(this.timers.get(client));
    if (isSocketIoClient(client)) client.once('disconnect', forget);
    else client.once('close', forget);
  }

  private startTimer(client: Client, validUntil: number): void {
    const remaining = validUntil - Date.now();
    if (remaining <= 0) return this.rejectConnection(client, new Refusal('token_expired'));
    const timer = setTimeout(
      () => this.startTimer(client, validUntil),
      Math.min(remaining, MAXIMUM_TIMEOUT),
    );
    // A connection keeps a process running, the end of its token does not.
    timer.unref();
    this.timers.set(client, timer);
  }

  /** Tells a client why, and disconnects it. */
  private rejectConnection(client: Client, error: unknown): void {
    const exception = exceptionFor(error, this.options.debugMode, (reason) =>
      describeHandshakeRefusal(reason, client),
    );
    if (isRefusalException(exception)) {
      this.logger.debug(`WebSocket connection rejected: ${exception.reason}`);
      emitException(client, exception);
    } else {
      const { message, stack } = loggableError(error);
      this.failures.error(`A WebSocket connection could not be authenticated: ${message}`, stack);
    }
    disconnect(
      client,
      isRefusalException(exception) ? exception.getStatus() : INTERNAL_SERVER_ERROR,
    );
  }
}

function disconnect(client: Client, status: number): void {
  if (isSocketIoClient(client)) client.disconnect();
  else client.close(closeCodeOf(status), STATUS_CODES[status] ?? '');
}

function closeCodeOf(status: number): number {
  switch (status) {
    case INTERNAL_SERVER_ERROR:
      return CLOSE_CODES.internalError;
    case SERVICE_UNAVAILABLE:
      return CLOSE_CODES.tryAgainLater;
    default:
      return CLOSE_CODES.policyViolation;
  }
}

function assertClient(client: unknown): asserts client is Client {
  if (isSocketIoClient(client) || isNativeClient(client)) return;
  throw new TypeError(
    'authenticateConnection() takes what handleConnection() was called with: the client, and with the ws adapter the request.',
  );
}
