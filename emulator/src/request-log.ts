import type { Context, MiddlewareHandler } from 'hono';
import { matchedRoutes } from 'hono/route';
import { hasApiKey } from './access/api-key.js';
import type { Sessions } from './access/sessions.js';
import type { TokenIssuer } from './issuer/token-issuer.js';
import { ICON_PATH, OUTBOX_PATH, REQUESTS_PATH, USERS_PATH } from './users-page/paths.js';

/** How many requests are remembered. */
const MAXIMUM_REQUESTS = 200;
const MINUTE_MILLISECONDS = 60_000;

/** What browsers with these pages ask for again and again. */
const UNLOGGED: readonly string[] = [USERS_PATH, OUTBOX_PATH, REQUESTS_PATH, ICON_PATH];

/** A request that was answered. It has nothing else of what was sent, which may be secret. */
export interface LoggedRequest {
  readonly at: Date;
  readonly method: string;
  /** The pattern of its path, such as `/api/backend/v1/user/:userId`. */
  readonly route: string;
  readonly status: number;
  /** Who has sent it: the id of a user or of an OAuth client, or that it was the application. */
  readonly caller: string | undefined;
}

/** Remembers the latest requests, and says on the terminal what failed. */
export class RequestLog {
  readonly #requests: LoggedRequest[] = [];
  /** When each line was last said. */
  readonly #said = new Map<string, number>();

  /** @param say prints a line on the terminal */
  constructor(private readonly say: (line: string) => void) {}

  /** The latest requests, oldest first. */
  get requests(): readonly LoggedRequest[] {
    return this.#requests;
  }

  clear(): void {
    this.#requests.length = 0;
  }

  add(request: LoggedRequest): void {
    this.#requests.push(request);
    if (this.#requests.length > MAXIMUM_REQUESTS) this.#requests.shift();
    const { method, route, status } = request;
    if (status === 501) this.#warn(`501 ${method} ${route}: the emulator does not support it.`);
  }

  /** Says where an error comes from. Its message may have something that was sent. */
  fail(context: Context, error: Error): void {
    const place = placeOf(error);
    this.#warn(`500 ${context.req.method} ${routeOf(context)}: ${error.name} at ${place}.`);
  }

  /** Says each line once a minute: whoever can send a request can send many. */
  #warn(line: string): void {
    if (Date.now() < (this.#said.get(line) ?? 0) + MINUTE_MILLISECONDS) return;
    this.#said.set(line, Date.now());
    this.say(line);
  }
}

/** Logs all requests but those for the pages that show what has changed. Endpoints name the clients of OAuth in the variable `caller`. */
export function logRequests(
  log: RequestLog,
  issuer: TokenIssuer,
  sessions: Sessions,
): MiddlewareHandler {
  return async (context, next) => {
    const isApplication = hasApiKey(context, issuer);
    const user = isApplication ? undefined : await sessions.userOf(context);
    await next();
    const route = routeOf(context);
    if (UNLOGGED.includes(route)) return;
    log.add({
      at: new Date(),
      method: context.req.method,
      route,
      status: context.res.status,
      caller: isApplication
        ? 'application'
        : ((context.get('caller') as string | undefined) ?? user?.user_id),
    });
  };
}

/** The pattern of the route that has answered or, if a middleware has, of the first that would have. */
function routeOf(context: Context): string {
  const routes = matchedRoutes(context).slice(context.req.routeIndex);
  return (routes.find(({ path }) => !path.includes('*')) ?? routes[0])?.path ?? '';
}

function placeOf(error: Error): string {
  const { stack = '' } = error;
  const title = String(error);
  const trace = stack.startsWith(title) ? stack.slice(title.length) : '';
  return /^ +at (?:.* \()?(.+:\d+:\d+)\)?$/m.exec(trace)?.[1] ?? 'an unknown place';
}
