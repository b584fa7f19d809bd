import { Injectable, type ExecutionContext } from '@nestjs/common';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { CallerIdentifier } from '../callers/caller-identifier.js';
import { CallerKinds } from '../callers/caller-kinds.js';
import type {
  IdentifiableRequest,
  IdentifyOptions,
} from '../options/identifiable-request.interface.js';
import { ResolvedOptions } from '../options/resolved-options.js';
import { exceptionFor } from '../rejections/exception-for.js';
import { callersOfKinds } from '../rules/callers.js';
import { DEFAULT_POLICY, type Policy } from '../rules/policy.js';
import type { Call } from '../transports/call.js';
import { callOf } from '../transports/call-of.js';
import type { Caller } from '../types/caller.js';
import { isObject } from '../values/is-object.js';

/** Identifies the callers of requests that belong to no handler: middleware, servers beside Nest, connections of other libraries. */
@Injectable()
export class RequestCallers {
  constructor(
    private readonly callers: CallerIdentifier,
    private readonly kinds: CallerKinds,
    private readonly options: ResolvedOptions,
  ) {}

  /**
   * @returns `null` without a valid credential of these kinds
   * @throws the rejection, when the caller cannot be identified at the moment
   */
  async find(request: IdentifiableRequest, options: IdentifyOptions): Promise<Caller | null> {
    const { call, policy } = this.read('identify()', request, options);
    const found = await this.callers.find(call, policy);
    return found && found.describe();
  }

  /** @throws the exception for a request without a valid credential of these kinds */
  async require(request: IdentifiableRequest, options: IdentifyOptions): Promise<Caller> {
    const { call, policy } = this.read('authenticate()', request, options);
    try {
      return (await this.callers.require(call, policy)).describe();
    } catch (error) {
      const explained = this.callers.explain(error, call, policy);
      throw exceptionFor(
        explained,
        this.options,
        (reason) => this.callers.describeRejection(reason, call, policy),
        (reason) => this.callers.challengeFor(reason, policy),
      );
    }
  }

  private read(
    name: string,
    request: IdentifiableRequest,
    options: IdentifyOptions,
  ): { call: Call; policy: Policy } {
    if (!isObject(request) || !isObject(request.headers)) {
      throw new TypeError(`${name} needs a request with headers, or the context of a handler.`);
    }
    const kinds: unknown = isObject(options) ? options.kinds : undefined;
    if (!Array.isArray(kinds) || kinds.length === 0) {
      throw new TypeError(
        `${name} of a request needs the kinds of callers that count. Pass them, such as { kinds: ['user'] }.`,
      );
    }
    const isUnknown = (kind: unknown) => this.kinds.named(kind as string) === undefined;
    if (kinds.some(isUnknown)) {
      throw new TypeError(
        `${name} names the kind '${String(kinds.find(isUnknown))}', which the application does not have. The kinds are ` +
          `${this.kinds.list.map((kind) => `'${kind.name}'`).join(', ')}.`,
      );
    }
    const accepted = Object.fromEntries((kinds as string[]).map((kind) => [kind, undefined]));
    const policy = { ...DEFAULT_POLICY, callers: callersOfKinds(accepted), isExplicit: true };
    return { call: callOf(contextOf(request)), policy };
  }
}

/** A context with the request, and without a class and a handler. */
function contextOf(request: IdentifiableRequest): ExecutionContext {
  const isOfServer = 'rawHeaders' in request || 'raw' in request;
  return new ExecutionContextHost([isOfServer ? request : partsOf(request)]);
}

/** The parts of a request as those of a server have them. */
function partsOf({ headers, method, address }: IdentifiableRequest): object {
  const entries = headers instanceof Headers ? [...headers] : Object.entries(headers);
  const byName = new Map<string, unknown>();
  for (const [written, value] of entries) {
    const name = written.toLowerCase();
    // A header in two spellings counts as repeated.
    byName.set(name, byName.has(name) ? [byName.get(name), value].flat() : value);
  }
  return {
    headers: Object.fromEntries(byName),
    ...(method !== undefined && { method }),
    ip: address,
  };
}
