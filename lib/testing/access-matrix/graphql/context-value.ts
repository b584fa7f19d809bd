import type { INestApplicationContext } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { isObject } from '../../../values/is-object.js';
import type { GraphqlEndpoint } from './graphql-endpoints.js';
import type { SentHeaders } from '../sent-headers.js';

/** The context value of resolvers, as the driver creates it for a request with the headers, from the application's function or value. */
export async function contextValueFor(
  { path, options: { context, driver } }: GraphqlEndpoint,
  app: INestApplicationContext,
  headers: SentHeaders,
): Promise<object> {
  const req = requestWith(path, headers);
  const res = {};
  const isExpress =
    app.get(HttpAdapterHost, { strict: false }).httpAdapter?.getType() !== 'fastify';
  const own: unknown =
    typeof context === 'function'
      ? await (isExpress ? context({ req, res }) : context(req, res))
      : context;
  const known = isMercurius(driver) ? { reply: { request: req } } : {};
  if (!isObject(own)) return { ...known, req };
  // As in the drivers, a request that the application has set stays.
  const hasRequest = isObject((own as { readonly req?: unknown }).req);
  const copy: object = Object.assign(Object.create(Object.getPrototypeOf(own)), own);
  return Object.assign(copy, known, hasRequest ? {} : { req });
}

/** Whether a driver is one of Mercurius, which calls reference resolvers with four arguments. */
export function isMercurius(driver: GraphqlEndpoint['options']['driver']): boolean {
  return driver?.name.startsWith('Mercurius') === true;
}

/** A request as guards and functions for context values see it. Of several Authorization headers, Node.js keeps the first. */
function requestWith(path: string, headers: SentHeaders): object {
  const rawHeaders = Object.entries(headers).flatMap(([name, values]) =>
    [values].flat().flatMap((value) => [name, value]),
  );
  const first = Object.entries(headers).map(([name, values]) => [name, [values].flat()[0]]);
  return {
    method: 'POST',
    url: path,
    originalUrl: path,
    headers: Object.fromEntries(first),
    rawHeaders,
    ip: '127.0.0.1',
    socket: { remoteAddress: '127.0.0.1' },
    query: {},
    body: {},
  };
}
