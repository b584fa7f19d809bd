import { Logger } from '@nestjs/common';
import type { OrgMemberInfo } from '@propelauth/node-apis';
import type { Decision } from '../decision/decision.js';
import { readPlainString } from '../organizations/org-source.factory.js';
import type { Call } from '../transports/call.js';
import { isPlainObject } from '../values/json-object.js';
import { loggable } from '../values/loggable.js';
import { fullNameOf, type DescribedHandler } from './access-descriptions.js';
import type { NamedValue } from './application/named-values.js';
import {
  adviceOnUncheckedOrgs,
  isReadBy,
  mayForgetOrgs,
  orgNameOf,
  placeInWords,
} from './checks/unchecked-orgs.js';

/** How many handlers are warned of. */
const WARNED_HANDLERS = 20;

/** How many properties of a body are looked at. */
const READ_PROPERTIES = 1000;

/** The parts of calls whose properties startup cannot see. */
const PARTS = ['body', 'message'] as const;

/** Warns, once for each handler, of a call whose body or message names an organization that no rule has checked. */
export class UncheckedOrgCalls {
  private readonly logger = new Logger('PropelAuth');

  // Private fields: logging this object must not print the whole application.
  /** The handlers without a warning. */
  #handlers: readonly DescribedHandler[];
  #left = WARNED_HANDLERS;
  readonly #orgNames: ReadonlySet<string>;

  constructor(handlers: readonly DescribedHandler[], orgNames: ReadonlySet<string>) {
    this.#handlers = handlers.filter(
      ({ description, access }) =>
        mayForgetOrgs(description.transport, access) && access.uncheckedOrg !== true,
    );
    this.#orgNames = orgNames;
  }

  /** @param decision about an allowed call */
  look({ call, org }: Decision): void {
    if (this.#left === 0) return;
    const named = this.uncheckedIn(call, org);
    const handler = named.length > 0 ? this.handlerOf(call) : undefined;
    const value = named.find((one) => handler !== undefined && !isKnown(one, handler));
    if (handler === undefined || value === undefined) return;
    this.#left--;
    this.#handlers = this.#handlers.filter(({ subject }) => subject !== handler.subject);
    this.logger.warn(
      `${fullNameOf(handler.description)} has accepted a call that names an organization which no rule has checked ` +
        `(${loggable(placeInWords(value))}). ${adviceOnUncheckedOrgs([handler.access])}`,
    );
  }

  /** The properties that name another organization than the one that the rules of the handler have checked. */
  private uncheckedIn(call: Call, org: OrgMemberInfo | null): NamedValue[] {
    return PARTS.flatMap((from) => {
      const part = call.part(from);
      // An instance of a class is not JSON: a buffer has a property for each byte.
      if (!isPlainObject(part)) return [];
      return Object.keys(part)
        .slice(0, READ_PROPERTIES)
        .filter((name) => this.#orgNames.has(orgNameOf({ from, name }) ?? ''))
        .filter((name) => isOther(readPlainString(part, name), org))
        .map((name) => ({ from, name }));
    });
  }

  private handlerOf({ context }: Call): DescribedHandler | undefined {
    return this.#handlers.find(
      ({ subject }) =>
        subject.controller === context.getClass() && subject.handler === context.getHandler(),
    );
  }
}

function isOther(value: string | undefined, org: OrgMemberInfo | null): boolean {
  return value !== undefined && value !== org?.orgId && value !== org?.urlSafeOrgName;
}

/** Whether a rule says that it reads the value, or startup has warned of it. */
function isKnown(value: NamedValue, { access, description }: DescribedHandler): boolean {
  return (
    access.orgSources.some((source) => isReadBy(source, value)) ||
    description.uncheckedOrg?.sources.includes(placeInWords(value)) === true
  );
}
