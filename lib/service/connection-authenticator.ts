import { isRejectionException, exceptionFor } from '../rejections/exception-for.js';
import { Rejection } from '../rejections/rejection.js';
import { STATUS_CODES, type IncomingMessage } from 'node:http';
import { HttpStatus, Injectable, Logger } from '@nestjs/common';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import type { UserClass } from '@propelauth/node-apis';
import { ResolvedOptions } from '../options/resolved-options.js';
import type { Call } from '../transports/call.js';
import { callOf } from '../transports/call-of.js';
import { readTokenFrom } from '../transports/one-token.js';
import { describeTokenRejection } from '../transports/token-places.js';
import { UserCallerKind } from '../callers/user/user-caller-kind.js';
import { emitException } from '../transports/websockets/websocket-exception.js';
import {
  isConnected,
  isSocketClient,
  isSocketIoClient,
  type SocketClient,
} from '../transports/websockets/websocket-clients.js';
import { rememberUpgradeRequest } from '../transports/websockets/websocket-handshake.js';
import { CallTools } from '../transports/call-tools.js';
import { endSocketWithAccess } from '../transports/websockets/socket-streams.js';
import { LimitedLog } from '../values/limited-log.js';
import { loggableFrames } from '../values/loggable.js';

/** The close codes of WebSockets for some statuses (RFC 6455, section 7.4.1, and its registry). */
const CLOSE_CODES: Readonly<Record<number, number>> = {
  [HttpStatus.INTERNAL_SERVER_ERROR]: 1011,
  [HttpStatus.SERVICE_UNAVAILABLE]: 1013,
};
const POLICY_VIOLATION = 1008;

/** Verifies the user who opens a WebSocket connection, and ends the connection when the token expires. */
@Injectable()
export class ConnectionAuthenticator {
  private readonly logger = new Logger('PropelAuth');
  private readonly failures = new LimitedLog();

  constructor(
    private readonly users: UserCallerKind,
    private readonly tools: CallTools,
    private readonly options: ResolvedOptions,
  ) {}

  /**
   * @param request the request that opened the connection, if the client does not know it itself
   * @returns the user; `null` when the client was disconnected
   * @throws {TypeError} for anything but a client of socket.io or `ws`
   */
  async authenticate(client: object, request?: IncomingMessage): Promise<UserClass | null> {
    assertClient(client);
    if (request !== undefined) rememberUpgradeRequest(client, request);
    try {
      const token = this.readToken(connectionCallOf(client));
      if (token === undefined) throw new Rejection('token_missing');
      const decidedSince = this.tools.streams.now;
      const { user, validUntil } = await this.users.authenticate(token, client);
      if (!isConnected(client)) return null;
      const access = {
        userId: user.userId,
        orgIds: new Set<string>(),
        validUntil,
        decidedSince,
      };
      endSocketWithAccess(client, access, this.tools);
      return user;
    } catch (error) {
      this.rejectConnection(client, error);
      return null;
    }
  }

  private readToken(call: Call): string | undefined {
    const { tokenSource } = this.options;
    return tokenSource === undefined
      ? call.readToken()
      : readTokenFrom([tokenSource], (source) => source(call.context));
  }

  /** Tells a client why its connection is rejected, and disconnects it. */
  private rejectConnection(client: SocketClient, error: unknown): void {
    const exception = exceptionFor(error, this.tools, (reason) =>
      describeTokenRejection(reason, this.options.tokenSource, connectionCallOf(client)),
    );
    if (!isRejectionException(exception)) {
      // The message of a tokenSource that throws may quote the token.
      this.failures.error(
        'A WebSocket connection could not be authenticated.',
        loggableFrames(error),
      );
      return disconnect(client, HttpStatus.INTERNAL_SERVER_ERROR);
    }
    this.logger.debug(`WebSocket connection rejected: ${exception.reason}`);
    emitException(client, exception);
    disconnect(client, exception.getStatus());
  }
}

/** The call of a connection that no message has arrived over: its context has a client, and no class, handler or data. */
function connectionCallOf(client: object): Call {
  const context = new ExecutionContextHost([client]);
  context.setType('ws');
  return callOf(context);
}

function disconnect(client: SocketClient, status: number): void {
  if (isSocketIoClient(client)) client.disconnect();
  else client.close(CLOSE_CODES[status] ?? POLICY_VIOLATION, STATUS_CODES[status] ?? '');
}

function assertClient(client: unknown): asserts client is SocketClient {
  if (isSocketClient(client)) return;
  throw new TypeError(
    'authenticateConnection() got no client of socket.io or ws. Pass the arguments of handleConnection(): the client ' +
      'and, with the ws adapter, the request.',
  );
}
