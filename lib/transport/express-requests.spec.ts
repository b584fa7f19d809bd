import type { HttpAdapterHost } from '@nestjs/core';
import { ExpressRequests } from './express-requests.js';

/** A request, as far as it is annotated. */
interface AnnotatedRequest {
  rawHeaders?: string[];
  user?: unknown;
  org?: unknown;
}

/** What the requests of an application inherit from, once it has started. */
function startWith(prototype: object | undefined, type = 'express'): object {
  const httpAdapter = { getType: () => type, getInstance: () => ({ request: prototype }) };
  new ExpressRequests({ httpAdapter } as unknown as HttpAdapterHost).onModuleInit();
  return prototype ?? {};
}

function requestOf(prototype: object): AnnotatedRequest {
  return Object.assign(Object.create(prototype) as AnnotatedRequest, { rawHeaders: [] });
}

describe('A request of Express', () => {
  it('has the user and the organization that were written to it, and no property more', () => {
    const prototype = startWith({});
    const [one, other, none] = [requestOf(prototype), requestOf(prototype), requestOf(prototype)];
    Object.assign(one, { user: 'alice', org: 'acme' });
    Object.assign(other, { user: 'bob' });
    expect([one.user, one.org, other.user, other.org]).toEqual(['alice', 'acme', 'bob', undefined]);
    expect([none.user, none.org]).toEqual([undefined, undefined]);
    expect(Object.keys(one)).toEqual(['rawHeaders']);
  });

  it('has what was written last', () => {
    const one = requestOf(startWith({}));
    one.user = 'alice';
    one.user = null;
    expect(one.user).toBeNull();
  });

  it('without raw headers, as a stand-in for one may be, has a property of its own', () => {
    const standIn = Object.create(startWith({})) as AnnotatedRequest;
    expect(standIn.user).toBeUndefined();
    standIn.user = 'alice';
    expect(standIn).toEqual({ user: 'alice' });
  });

  it('keeps the user that the application itself has given all requests', () => {
    const prototype = {
      get user() {
        return 'their own';
      },
    };
    expect(requestOf(startWith(prototype)).user).toBe('their own');
  });
});

it.each([
  ['another adapter', {}, 'fastify'],
  ['an adapter without such a prototype', undefined, 'express'],
])('%s is left as it is', (_what, prototype, type) => {
  expect(startWith(prototype, type)).toEqual({});
});

it('an application without an HTTP server starts', () => {
  const adapterHost = { httpAdapter: null } as unknown as HttpAdapterHost;
  expect(() => new ExpressRequests(adapterHost).onModuleInit()).not.toThrow();
});
