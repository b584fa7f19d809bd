import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';

/** As much of an Express application as is looked at: what its requests inherit from. */
interface ExpressApplication {
  readonly request?: object;
}

/**
 * Lets requests of Express be annotated at little cost.
 *
 * Express gives every request another prototype. Before Node.js 24, V8 makes a hidden class of its own for each property that is
 * added to such an object, and what it has learnt about the others is of no use to it: some 2 µs a request. So requests inherit
 * properties that keep what is written to them on the list of raw headers, which is as much the request's own.
 */
@Injectable()
export class ExpressRequests implements OnModuleInit {
  constructor(private readonly adapterHost: HttpAdapterHost) {}

  onModuleInit(): void {
    const { httpAdapter } = this.adapterHost as Partial<HttpAdapterHost>;
    if (httpAdapter?.getType() !== 'express') return;
    const { request } = httpAdapter.getInstance<ExpressApplication>();
    if (request === undefined) return;
    for (const name of ['user', 'org']) {
      // What the application has given its requests itself is not ours to change.
      if (!(name in request)) Object.defineProperty(request, name, keptOnRawHeaders(name));
    }
  }
}

/** Not there for an object that only inherits from a request. */
interface RawRequest {
  rawHeaders?: Record<symbol, unknown>;
}

function keptOnRawHeaders(name: string): PropertyDescriptor & ThisType<RawRequest> {
  const key = Symbol(name);
  return {
    configurable: true,
    enumerable: true,
    get() {
      return this.rawHeaders?.[key];
    },
    set(value) {
      if (this.rawHeaders !== undefined) this.rawHeaders[key] = value;
      else Object.defineProperty(this, name, { value, ...OWN });
    },
  };
}

const OWN = { configurable: true, enumerable: true, writable: true };
