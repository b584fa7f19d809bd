/** The used API of a client of the package `redis`, as `createClient()` makes it. */
export interface NodeRedisClient {
  readonly options?: object | undefined;
  duplicate(overrides?: object): {
    connect(): Promise<unknown>;
    sendCommand(command: string[]): Promise<unknown>;
    on(event: 'error', listener: (error: unknown) => void): unknown;
    /** For version 4 of `redis`, which has no `destroy()`. */
    disconnect(): unknown;
  };
  sendCommand(command: string[]): Promise<unknown>;
  connect(): Promise<unknown>;
}

/** The used API of a client of the package `ioredis`, as `new Redis()` makes it, with or without Sentinel. */
export interface IoRedisClient {
  readonly options: { keyPrefix?: string | undefined };
  duplicate(overrides?: object): {
    readonly status: string;
    connect(): Promise<unknown>;
    call(command: string, ...args: string[]): Promise<unknown>;
    on(event: 'error', listener: (error: unknown) => void): unknown;
    disconnect(): unknown;
  };
  call(command: string, ...args: string[]): Promise<unknown>;
}

/** Runs a Redis command. */
export type Run = (command: string, ...args: string[]) => Promise<unknown>;

/** A separate connection, which is open until it fails or is closed. */
export interface Connection {
  connect(): Promise<unknown>;
  readonly run: Run;
  close(): void;
  /** The last error of the connection. Rejected promises do not always have it. */
  error(): unknown;
}

/** A client of either package behind one interface. Replies have the form of RESP 2, without the client's own reply settings. */
export interface RedisClient {
  /** The prefix that the client adds to keys. */
  readonly keyPrefix: string;
  readonly run: Run;
  duplicate(): Connection;
}

/** @returns `undefined` if the value is not a client of a single Redis */
export function clientOf(client: NodeRedisClient | IoRedisClient): RedisClient | undefined {
  if (isIoRedis(client)) return clientOfIoRedis(client);
  return isNodeRedis(client) ? clientOfNodeRedis(client) : undefined;
}

function isIoRedis(client: object): client is IoRedisClient {
  const { isCluster } = Object(client) as { isCluster?: unknown };
  return hasMethods(client, 'call', 'duplicate') && isCluster === false;
}

function isNodeRedis(client: object): client is NodeRedisClient {
  // Only clients of a single Redis have `ref`. Clusters, sentinels and pools have no single connection that can keep the process alive.
  return hasMethods(client, 'sendCommand', 'duplicate', 'connect', 'ref');
}

function hasMethods(client: object, ...names: string[]): boolean {
  const methods = Object(client) as Record<string, unknown>;
  return names.every((name) => typeof methods[name] === 'function');
}

function clientOfIoRedis(client: IoRedisClient): RedisClient {
  return {
    keyPrefix: client.options.keyPrefix ?? '',
    run: (command, ...args) => client.call(command, ...args),
    duplicate: () => {
      const connection = client.duplicate(IOREDIS_OVERRIDES);
      return {
        connect: () => connection.connect(),
        run: (command, ...args) => connection.call(command, ...args),
        close: () => {
          // `disconnect()` on an ended connection would set a timer that nothing clears.
          if (connection.status !== 'end') connection.disconnect();
        },
        error: lastErrorOf(connection),
      };
    },
  };
}

/** The connection does not reconnect after a failure, and commands have no timeout of the client. */
const IOREDIS_OVERRIDES = {
  lazyConnect: true,
  retryStrategy: () => null,
  sentinelRetryStrategy: () => null,
  autoResendUnfulfilledCommands: false,
  enableAutoPipelining: false,
  commandTimeout: undefined,
  socketTimeout: undefined,
  // The key has the prefix already, because XINFO gets none.
  keyPrefix: '',
  protocol: 2,
  replyMapping: undefined,
};

function clientOfNodeRedis(client: NodeRedisClient): RedisClient {
  return {
    keyPrefix: '',
    run: (...command) => client.sendCommand(command),
    duplicate: () => {
      const connection = client.duplicate(nodeRedisOverrides(client.options));
      return {
        connect: () => connection.connect(),
        run: (...command) => connection.sendCommand(command),
        close: () => closeNodeRedis(connection),
        error: lastErrorOf(connection),
      };
    },
  };
}

/** The same for the package `redis`: no reconnecting, and no timeout of the client. */
function nodeRedisOverrides(options: { socket?: object } = {}): object {
  return {
    socket: { ...options.socket, reconnectStrategy: false, socketTimeout: undefined },
    commandOptions: undefined,
    RESP: 2,
    // These options need RESP 3.
    clientSideCache: undefined,
    emitInvalidate: undefined,
    maintNotifications: 'disabled',
  };
}

function closeNodeRedis(connection: { disconnect(): unknown; destroy?: () => void }): void {
  try {
    if (connection.destroy) connection.destroy();
    else void Promise.resolve(connection.disconnect()).catch(() => {});
  } catch {
    // `destroy()` throws when there is no open connection.
  }
}

function lastErrorOf(connection: {
  on(event: 'error', listener: (error: unknown) => void): unknown;
}): () => unknown {
  let last: unknown;
  // An error without a listener would end the process.
  connection.on('error', (error) => (last = error));
  return () => last;
}
