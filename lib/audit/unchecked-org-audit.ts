import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { adviceOnUncheckedOrgs } from './checks/unchecked-orgs.js';
import { preparedHandlers, type DescribedHandler } from './describe-access.js';

/** The warning names at most this many handlers. */
const NAMED_HANDLERS = 20;

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
    const forgotten = preparedHandlers(this.#moduleRef).filter(
      ({ description }) => description.uncheckedOrg?.isMeant === false,
    );
    if (forgotten.length > 0) this.logger.warn(warningOf(forgotten));
  }
}

function warningOf(forgotten: readonly DescribedHandler[]): string {
  const advice = adviceOnUncheckedOrgs(forgotten.map(({ access }) => access));
  const [first, ...others] = forgotten;
  if (first !== undefined && others.length === 0) {
    return `${nameOf(first)} names an organization (${placesOf(first)}) and does not check it. ${advice}`;
  }
  const left = forgotten.length - NAMED_HANDLERS;
  return [
    `These handlers name an organization and do not check it. ${advice}`,
    ...forgotten.slice(0, NAMED_HANDLERS).map((one) => `- ${nameOf(one)}: ${placesOf(one)}`),
    ...(left > 0 ? [`- and ${left} more, which describeAccess() lists`] : []),
  ].join('\n');
}

function nameOf({ description: { name, controller, handler } }: DescribedHandler): string {
  return `${name} (${controller}.${handler})`;
}

function placesOf({ description }: DescribedHandler): string {
  return (description.uncheckedOrg?.sources ?? []).join(' and ');
}
