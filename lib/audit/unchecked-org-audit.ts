import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { adviceOnUncheckedOrgs, hasOrgRule } from './checks/unchecked-orgs.js';
import { preparedHandlers, type DescribedHandler } from './describe-access.js';

/** A warning names at most this many handlers. */
const NAMED_HANDLERS = 20;

/** What the handlers of one warning have in common. */
interface Words {
  /** After the name of the only handler, with the places where its calls name an organization. */
  readonly ofOne: (places: string) => string;
  /** Before the list of several handlers. */
  readonly ofMany: string;
}

const WITHOUT_RULE: Words = {
  ofOne: (places) => `names an organization (${places}) and does not check it.`,
  ofMany: 'These handlers name an organization and do not check it.',
};

const BESIDE_RULE: Words = {
  ofOne: (places) => `names an organization where no rule reads it (${places}).`,
  ofMany: 'These handlers name an organization where none of their rules reads it.',
};

/** Warns of handlers whose calls name an organization that no rule checks. */
@Injectable()
export class UncheckedOrgAudit implements OnApplicationBootstrap {
  private readonly logger = new Logger('PropelAuth');

  // A private field: logging this object must not print the whole application.
  readonly #moduleRef: ModuleRef;

  constructor(moduleRef: ModuleRef) {
    this.#moduleRef = moduleRef;
  }

  /** The earliest hook at which GraphQL schemas exist. */
  onApplicationBootstrap(): void {
    const found = preparedHandlers(this.#moduleRef).filter(
      ({ description }) => description.uncheckedOrg?.isMeant === false,
    );
    this.warnOf(
      found.filter(({ access }) => !hasOrgRule(access)),
      WITHOUT_RULE,
    );
    this.warnOf(
      found.filter(({ access }) => hasOrgRule(access)),
      BESIDE_RULE,
    );
  }

  private warnOf(found: readonly DescribedHandler[], words: Words): void {
    if (found.length > 0) this.logger.warn(warningOf(found, words));
  }
}

function warningOf(found: readonly DescribedHandler[], { ofOne, ofMany }: Words): string {
  const advice = adviceOnUncheckedOrgs(found.map(({ access }) => access));
  const [first, ...others] = found;
  if (first !== undefined && others.length === 0) {
    return `${nameOf(first)} ${ofOne(placesOf(first))} ${advice}`;
  }
  const left = found.length - NAMED_HANDLERS;
  return [
    `${ofMany} ${advice}`,
    ...found.slice(0, NAMED_HANDLERS).map((one) => `- ${nameOf(one)}: ${placesOf(one)}`),
    ...(left > 0 ? [`- and ${left} more, which describeAccess() lists`] : []),
  ].join('\n');
}

function nameOf({ description: { name, controller, handler } }: DescribedHandler): string {
  return `${name} (${controller}.${handler})`;
}

function placesOf({ description }: DescribedHandler): string {
  return (description.uncheckedOrg?.sources ?? []).join(' and ');
}
