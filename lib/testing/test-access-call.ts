import type { IncomingHttpHeaders } from 'node:http';
import type { Type } from '@nestjs/common';
import { readMemberships } from '../callers/own/own-memberships.js';
import type { AccessCall, AccessNeed } from '../options/access-rule.interface.js';
import type { GivenResource } from '../options/authorized-subject.interface.js';
import type { CallerMembership } from '../options/caller-kind.interface.js';
import type { ResourceLoader } from '../options/resource-loader.interface.js';
import type { ValueSource } from '../options/value-source.js';
import { asDeclared } from '../types/as-declared.js';
import type { Caller } from '../types/caller.js';

/**
 * What a rule of your application sees in a test; see {@link accessCall}.
 *
 * @example
 * ```ts
 * const parts: AccessCallParts = { userId: 'alice', org: { orgId, role: 'Admin' } };
 * ```
 *
 * @publicApi
 */
export interface AccessCallParts {
  /** The id of a user who calls. Default: that of `caller`. */
  readonly userId?: string;
  /** Another caller. Default: the user with `userId`, or nobody. */
  readonly caller?: Caller | null;
  /** The membership in the organization of the call. Default: none. */
  readonly org?: CallerMembership;
  /** What `call.read()` finds, by the source; the same source, or an equal one. Default: nothing. */
  readonly values?: readonly (readonly [source: ValueSource, text: string])[];
  /** The rows that `call.load()` finds, as they are; `[]` for none. Default: `call.load()` throws. */
  readonly resources?: readonly GivenResource[];
  /** The headers of the request, by names in lower case. Default: none. */
  readonly headers?: IncomingHttpHeaders;
  /** The address of the client. Default: unknown. */
  readonly address?: string;
  /** The transport. Default: `'http'`. */
  readonly transport?: string;
}

/**
 * Makes the call for a test of a rule as a function, without an application.
 *
 * @param parts what the rule sees. What is left out is not there, whatever the type says
 * @returns the call, with the type that `authorize()` of the rule takes
 * @example
 * ```ts
 * const isAllowed = new PlanRule().authorize(accessCall({ org: { orgId, role: 'Admin' } }), 'pro');
 * ```
 *
 * @publicApi
 */
export function accessCall<Needs extends AccessNeed = AccessNeed>(
  parts: AccessCallParts = {},
): AccessCall<Needs> {
  const { values = [], resources, headers = {}, address, transport = 'http' } = parts;
  const caller = callerIn(parts);
  const org = parts.org && readMemberships([parts.org])?.[parts.org.orgId];
  const call: AccessCall = {
    transport,
    address,
    headers,
    context: null,
    handler: null,
    caller,
    userId: parts.userId ?? caller?.userId,
    org: org === undefined ? null : asDeclared(org),
    read: ({ from, name }) =>
      values.find(([source]) => source.from === from && source.name === name)?.[1],
    load: async <Row extends object>(
      loader: Type<ResourceLoader<Row>>,
      ...id: [id?: string]
    ): Promise<Row | null> => {
      if (resources === undefined) {
        throw new TypeError(
          `The rule loads a row of ${loader.name}. Pass resources: [resource(${loader.name}, row)] to accessCall(), or [] for no row.`,
        );
      }
      // As in an application, an id that is undefined is no row.
      if (id.length > 0 && id[0] === undefined) return null;
      return (resources.find((one) => one.loader === (loader as Type))?.row ?? null) as Row | null;
    },
  };
  return Object.freeze(call) as AccessCall<Needs>;
}

function callerIn({ userId, caller = null }: AccessCallParts): Caller | null {
  if (caller !== null || userId === undefined) return caller;
  return { kind: 'user', key: `user:${userId}`, userId } as Caller;
}
