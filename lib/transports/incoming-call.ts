import type { ExecutionContext } from '@nestjs/common';
import type { IncomingCall } from '../options/incoming-call.interface.js';
import type { ValueSource } from '../options/value-source.js';
import type { Call } from './call.js';
import { readValue } from './read-value.js';

const NO_HEADERS = Object.freeze({});

/** A call as the application sees it that takes part in the decision. A private field: logging this object must not print a credential. */
export class CallForApplication implements IncomingCall {
  readonly #call: Call;

  constructor(call: Call) {
    this.#call = call;
    // Applications may take it from the object.
    this.read = this.read.bind(this);
  }

  get transport(): string {
    return this.#call.transport;
  }

  get address(): string | undefined {
    return this.#call.address;
  }

  get headers(): IncomingCall['headers'] {
    return this.#call.request?.headers ?? NO_HEADERS;
  }

  get context(): ExecutionContext | null {
    const { context } = this.#call;
    return context.getClass?.() ? context : null;
  }

  read(source: ValueSource): string | undefined {
    return readValue(this.#call, source);
  }
}

/** A call for the application, which can change nothing about it. */
export function incomingCallOf(call: Call): IncomingCall {
  return Object.freeze(new CallForApplication(call));
}
