import { VersioningType, type INestApplicationContext, type Type } from '@nestjs/common';
import { ApplicationConfig } from '@nestjs/core';
import { compile } from 'path-to-regexp';
import type { ApplicationRoute } from '../../../audit/application/application-routes.js';
import { pathParametersOf } from '../../../audit/application/path-parameters.js';
import type { DescribedHandler } from '../../../audit/access-descriptions.js';
import { probeHeader, type AccessProbe } from '../access-probe.js';
import { CannotCall } from '../cannot-call.js';
import type { ApplicationServer, ServerRequest } from './application-server.js';
import { definedOf, headersFor, valuesIn, type CallParts, type EntryPoint } from './entry-point.js';

/** One way to a route: one of its versions, on one of its hosts. */
interface RouteWay {
  readonly handler: DescribedHandler;
  readonly method: string;
  /** The version in words, such as `version 2`, and the headers with which a request names it. */
  readonly version?: { readonly words: string; readonly headers?: Record<string, string> };
  /** The pattern of the host, if there is one. */
  readonly host: string | RegExp | undefined;
}

// The metadata keys of @Version(), and of the version and host of @Controller().
const VERSION_METADATA = '__version__';
const HOST_METADATA = 'host';

/** The methods for a route of all methods, the safest first. */
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** The value of an unknown parameter. No route has it as a fixed part of its path; pipes do not see it. */
const ANY_VALUE = 'to-hold';
/** The value of an unknown wildcard. It has many segments, so that no other route has as many. */
const ANY_SEGMENTS = Array.from({ length: 5 }, () => ANY_VALUE);

/** The routes of an application, called by requests to its server. */
export class HttpEntryPoints {
  constructor(
    private readonly app: INestApplicationContext,
    private readonly probe: AccessProbe,
    private readonly server: ApplicationServer,
  ) {}

  of(handler: DescribedHandler, all: readonly DescribedHandler[]): EntryPoint[] {
    const { controller, name } = handler.subject as ApplicationRoute;
    const [method = 'GET', ...methods] = methodsOf(handler, all);
    const hosts = [
      Reflect.getMetadata(HOST_METADATA, controller) as RouteWay['host'] | RouteWay['host'][],
    ].flat();
    return this.versionsOf(controller, name).flatMap((version) =>
      hosts.map((host) => {
        const way = { handler, host, ...(version && { version }) };
        const others = methods.map((other) => {
          const withMethod = handler.description.name.replace(/^\S+/, other);
          return this.entryPoint({ ...way, method: other }, withMethod);
        });
        return { ...this.entryPoint({ ...way, method }, handler.description.name), others };
      }),
    );
  }

  private entryPoint(way: RouteWay, name: string): EntryPoint {
    const { handler, version, host } = way;
    const details = [version?.words ?? [], host === undefined ? [] : `host ${String(host)}`].flat();
    return {
      handler,
      name: details.length > 0 ? `${name} (${details.join(', ')})` : name,
      others: [],
      call: async (parts) => {
        const request = requestFor(way, parts);
        const { call, mark } = this.probe.begin({
          hasOwnGuard: handler.access.guardedBy !== undefined,
        });
        const headers = { ...request.headers, ...probeHeader(mark) };
        const response = await this.server.send({ ...request, headers });
        return { call, sent: `${request.method} ${request.path}`, response };
      },
    };
  }

  /** The versions of a route; `undefined` for a request that needs none. A URI version is part of the path. */
  private versionsOf(controller: Type, method: string): RouteWay['version'][] {
    const versioning = this.app.get(ApplicationConfig, { strict: false }).getVersioning();
    if (versioning === undefined || versioning.type === VersioningType.URI) return [undefined];
    const handler = (controller.prototype as Record<string, Function>)[method] as Function;
    const versions: unknown =
      Reflect.getMetadata(VERSION_METADATA, handler) ??
      Reflect.getMetadata(VERSION_METADATA, controller) ??
      versioning.defaultVersion;
    return [versions].flat().map((version) => {
      if (typeof version !== 'string') return undefined;
      const words = `version ${version}`;
      if (versioning.type === VersioningType.HEADER) {
        return { words, headers: { [versioning.header]: version } };
      }
      if (versioning.type === VersioningType.MEDIA_TYPE) {
        return { words, headers: { accept: `application/json;${versioning.key}${version}` } };
      }
      // Only the application's extractor knows how requests name a version.
      return { words };
    });
  }
}

/**
 * The methods for calls of a route, the main one first. Nest's adapters serve HEAD with the handlers of GET. A route of all methods has those
 * that no other route has at its path.
 */
function methodsOf({ description }: DescribedHandler, all: readonly DescribedHandler[]): string[] {
  const { method = 'GET', path } = description;
  if (method === 'GET') return ['GET', 'HEAD'];
  if (method !== 'ALL') return [method];
  const same = all.filter((other) => shapeOf(other.description.path) === shapeOf(path));
  const taken = same.map((other) => other.description.method);
  return METHODS.filter((free) => !taken.includes(free));
}

/** A path without the names of its parameters. Requests for two paths of the same shape are the same. */
function shapeOf(path = ''): string {
  return path.replaceAll(/:[\w$]+/g, ':');
}

/** @throws {CannotCall} if a path or a host cannot be made up */
function requestFor({ handler, method, version, host }: RouteWay, parts: CallParts): ServerRequest {
  const { given } = parts;
  const isNamed = version?.headers !== undefined || Object.keys(given).length > 0;
  if (version !== undefined && !isNamed) {
    throw new CannotCall(
      'Your own extractor finds its version. Return what it reads from argsFor, such as headers.',
    );
  }
  const params = { ...valuesIn('path', handler, parts), ...given.params };
  const query = new URLSearchParams({
    ...valuesIn('query', handler, parts),
    ...definedOf(given.query),
  });
  const path = pathFor(handler.description.path ?? '/', params);
  const body = bodyFor(handler, parts);
  return {
    method,
    path: query.size > 0 ? `${path}?${query.toString()}` : path,
    body,
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...version?.headers,
      ...(host !== undefined && { host: hostFor(host, params) }),
      ...headersFor(handler, parts),
    },
  };
}

function bodyFor(handler: DescribedHandler, parts: CallParts): string | undefined {
  const made = valuesIn('body', handler, parts);
  const content = parts.given.body ?? (Object.keys(made).length > 0 ? made : undefined);
  return content === undefined || typeof content === 'string' ? content : JSON.stringify(content);
}

function pathFor(path: string, params: Readonly<Record<string, string>>): string {
  // path-to-regexp 8 requires a name. Nest adds one when it registers the route.
  return filled(path.replaceAll(/\*(?!["\w$])/g, '*wildcard'), params);
}

/** @throws {CannotCall} if path-to-regexp cannot read the pattern */
function filled(pattern: string, params: Readonly<Record<string, string>>, encode?: false): string {
  try {
    return compile(pattern, { ...(encode === false && { encode }) })(valuesOf(pattern, params));
  } catch (error) {
    throw new CannotCall(
      `Its path or host ${pattern} cannot be filled in (${(error as Error).message}). Test it elsewhere.`,
    );
  }
}

/** The values of the parameters of a pattern, of wildcards as a list. */
function valuesOf(pattern: string, params: Readonly<Record<string, string>>) {
  const values = pathParametersOf(pattern).map((name): [string, string | string[]] =>
    pattern.includes(`*${name}`)
      ? [name, params[name]?.split('/') ?? ANY_SEGMENTS]
      : [name, params[name] ?? ANY_VALUE],
  );
  return Object.fromEntries(values);
}

function hostFor(host: string | RegExp, params: Readonly<Record<string, string>>): string {
  if (typeof host === 'string') return filled(host, params, false);
  throw new CannotCall(`Its host has to match ${String(host)}. Test it elsewhere.`);
}
