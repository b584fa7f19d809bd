import { Logger } from '@nestjs/common';
import type { OrgMemberInfo } from '@propelauth/node-apis';
import type { Decision } from '../decision/decision.js';
import { readPlainString } from '../values/plain-string.js';
import type { HandlerAccess } from '../rules/handler-access.js';
import { orgRule } from '../rules/org/org-rule.js';
import { combinedOf, withCheck } from '../rules/policy.js';
import type { Call } from '../transports/call.js';
import { isPlainObject } from '../values/json-object.js';
import { loggable } from '../values/loggable.js';
import { fullNameOf, type DescribedHandler } from './access-descriptions.js';
import type { NamedValue } from './application/named-values.js';
import {
  adviceOnUncheckedOrgs,
  hasOrgRule,
  uncheckedOrgInWords,
  uncheckedOrgOf,
} from './checks/unchecked-orgs.js';

/** A warning names at most this many handlers. */
const NAMED_HANDLERS = 20;

const WITHOUT_RULE = 'These handlers name an organization and do not check it.';
const BESIDE_RULE = 'These handlers name an organization where none of their rules reads it.';

/** The warnings about handlers whose calls name an organization that no rule checks. */
export function findUncheckedOrgs(handlers: readonly DescribedHandler[]): string[] {
  const found = handlers.filter(({ description }) => description.uncheckedOrg?.isMeant === false);
  const beside = found.filter(({ access }) => hasOrgRule(access));
  const without = found.filter(({ access }) => !hasOrgRule(access));
  return [...warningsOf(without, WITHOUT_RULE), ...warningsOf(beside, BESIDE_RULE)];
}

/** @param heading what is wrong with several handlers */
function warningsOf(found: readonly DescribedHandler[], heading: string): string[] {
  if (found.length === 0) return [];
  const advice = adviceOnUncheckedOrgs(found.map(({ access }) => access));
  const [first, ...others] = found;
  if (first !== undefined && others.length === 0) {
    const problem = uncheckedOrgInWords(first.access, sourcesOf(first));
    return [`${fullNameOf(first.description)} ${problem} ${advice}`];
  }
  const left = found.length - NAMED_HANDLERS;
  const lines = [
    `${heading} ${advice}`,
    ...found
      .slice(0, NAMED_HANDLERS)
      .map((one) => `- ${fullNameOf(one.description)}: ${sourcesOf(one).join(' and ')}`),
    ...(left > 0 ? [`- and ${left} more, which describeAccess() lists`] : []),
  ];
  return [lines.join('\n')];
}

function sourcesOf({ description }: DescribedHandler): readonly string[] {
  return description.uncheckedOrg?.sources ?? [];
}

/** How many handlers are warned of. */
const WARNED_HANDLERS = 20;

/** How many properties of a body are looked at. */
const READ_PROPERTIES = 1000;

/** Warns, once for each handler, of a call whose body or message names an organization that no rule has checked. */
export class UncheckedOrgCalls {
  private readonly logger = new Logger('PropelAuth');
  private left = WARNED_HANDLERS;

  // A private field: logging this object must not print the whole application.
  #unwarned: readonly DescribedHandler[];

  constructor(
    handlers: readonly DescribedHandler[],
    private readonly orgNames: ReadonlySet<string>,
  ) {
    this.#unwarned = handlers;
  }

  /** @param decision about an allowed call */
  look({ call, org }: Decision): void {
    if (this.left === 0) return;
    const handler = this.#unwarned.find((one) => isCalledBy(one, call));
    if (handler === undefined) return;
    const { access, description } = handler;
    const values = [...valuesIn(call, 'body', org), ...valuesIn(call, 'message', org)];
    const { transport, uncheckedOrg } = description;
    const found = uncheckedOrgOf(transport, withKnownSources(access), values, this.orgNames);
    // Startup has warned of the places that it knows.
    const place = found.uncheckedOrg?.sources.find((one) => !uncheckedOrg?.sources.includes(one));
    if (place === undefined || found.uncheckedOrg?.isMeant === true) return;
    this.left--;
    this.#unwarned = this.#unwarned.filter((other) => !isCalledBy(other, call));
    const problem = uncheckedOrgInWords(access, [loggable(place)]);
    this.logger.warn(`${fullNameOf(description)} ${problem} ${adviceOnUncheckedOrgs([access])}`);
  }
}

function isCalledBy({ controller, handler }: DescribedHandler, { context }: Call): boolean {
  return controller === context.getClass() && handler === context.getHandler();
}

/** The properties with another value than the organization that rules have checked. */
function valuesIn(call: Call, from: 'body' | 'message', org: OrgMemberInfo | null): NamedValue[] {
  const part = call.part(from);
  // An instance of a class is not JSON: a buffer has a property for each byte.
  if (!isPlainObject(part)) return [];
  const names = Object.keys(part).slice(0, READ_PROPERTIES);
  return (
    names
      // A dot would be part of a name that the caller has made up: the words before it would be logged.
      .filter((name) => !name.includes('.') && isOther(readPlainString(part, name), org))
      .map((name) => ({ from, name }))
  );
}

function isOther(value: string | undefined, org: OrgMemberInfo | null): boolean {
  return value !== undefined && value !== org?.orgId && value !== org?.urlSafeOrgName;
}

/** Without the sources that may read any value: unlike startup, a call shows which organization they have found. */
function withKnownSources(access: HandlerAccess): HandlerAccess {
  const org = combinedOf(access, orgRule);
  if (org === undefined) return access;
  const sources = org.sources.filter(({ reads }) => reads !== undefined);
  return { ...access, checks: withCheck(access.checks, orgRule, { ...org, sources }) };
}
