/** The used API of a client of the package `redis`, as `createClient()` makes it. */
export interface NodeRedisClient {
  sendCommand(command: string[]): Promise<unknown>;
  connect(): Promise<unknown>;
}

/** The used API of a client of the package `ioredis`, as `new Redis()` makes it, with or without Sentinel. */
export interface IoRedisClient {
  readonly options: { keyPrefix?: string | undefined };
  call(command: string, ...args: string[]): Promise<unknown>;
}

/** Runs a Redis command. */
export type Run = (command: string, ...args: string[]) => Promise<unknown>;

/** A client of either package behind one interface. */
export interface RedisClient {
  /** The prefix that the client adds to keys, except that of XINFO. */
  readonly keyPrefix: string;
  readonly run: Run;
}

/** @returns `undefined` if the value is not a client of a single Redis */
export function clientOf(client: NodeRedisClient | IoRedisClient): RedisClient | undefined {
  if (isIoRedis(client)) {
    return {
      keyPrefix: client.options.keyPrefix ?? '',
      run: (command, ...args) => client.call(command, ...args),
    };
  }
  if (!isNodeRedis(client)) return undefined;
  return { keyPrefix: '', run: (...command) => client.sendCommand(command) };
}

function isIoRedis(client: object): client is IoRedisClient {
  const { isCluster } = Object(client) as { isCluster?: unknown };
  return hasMethods(client, 'call') && isCluster === false;
}

function isNodeRedis(client: object): client is NodeRedisClient {
  // Only clients of a single Redis have `ref`. Clusters, sentinels and pools have no single connection that can keep the process alive.
  return hasMethods(client, 'sendCommand', 'connect', 'ref');
}

function hasMethods(client: object, ...names: string[]): boolean {
  const methods = Object(client) as Record<string, unknown>;
  return names.every((name) => typeof methods[name] === 'function');
}
