import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { AccessDecider } from '../guard/access-decider.js';
import { isDevelopment } from '../values/node-environment.js';
import { adviceOnUncheckedOrgs, hasOrgRule, uncheckedOrgInWords } from './checks/unchecked-orgs.js';
import { describedHandlers, fullNameOf, type DescribedHandler } from './access-descriptions.js';
import { UncheckedOrgCalls } from './unchecked-org-calls.js';

/** A warning names at most this many handlers. */
const NAMED_HANDLERS = 20;

const WITHOUT_RULE = 'These handlers name an organization and do not check it.';
const BESIDE_RULE = 'These handlers name an organization where none of their rules reads it.';

/** Warns of handlers whose calls name an organization that no rule checks: at startup, and in development when they are called. */
@Injectable()
export class UncheckedOrgAudit implements OnApplicationBootstrap {
  private readonly logger = new Logger('PropelAuth');

  // A private field: logging this object must not print the whole application.
  readonly #moduleRef: ModuleRef;

  constructor(
    moduleRef: ModuleRef,
    private readonly decider: AccessDecider,
  ) {
    this.#moduleRef = moduleRef;
  }

  /** The earliest hook at which GraphQL schemas exist. */
  onApplicationBootstrap(): void {
    const { handlers, orgNames } = describedHandlers(this.#moduleRef);
    const found = handlers.filter(({ description }) => description.uncheckedOrg?.isMeant === false);
    this.warnOf(
      found.filter(({ access }) => !hasOrgRule(access)),
      WITHOUT_RULE,
    );
    this.warnOf(
      found.filter(({ access }) => hasOrgRule(access)),
      BESIDE_RULE,
    );
    if (!isDevelopment()) return;
    const calls = new UncheckedOrgCalls(handlers, orgNames);
    this.decider.watchAllowed((decision) => calls.look(decision));
  }

  /** @param heading what is wrong with several handlers */
  private warnOf(found: readonly DescribedHandler[], heading: string): void {
    if (found.length > 0) this.logger.warn(warningOf(found, heading));
  }
}

function warningOf(found: readonly DescribedHandler[], heading: string): string {
  const advice = adviceOnUncheckedOrgs(found.map(({ access }) => access));
  const [first, ...others] = found;
  if (first !== undefined && others.length === 0) {
    const problem = uncheckedOrgInWords(first.access, sourcesOf(first));
    return `${fullNameOf(first.description)} ${problem} ${advice}`;
  }
  const left = found.length - NAMED_HANDLERS;
  return [
    `${heading} ${advice}`,
    ...found
      .slice(0, NAMED_HANDLERS)
      .map((one) => `- ${fullNameOf(one.description)}: ${sourcesOf(one).join(' and ')}`),
    ...(left > 0 ? [`- and ${left} more, which describeAccess() lists`] : []),
  ].join('\n');
}

function sourcesOf({ description }: DescribedHandler): readonly string[] {
  return description.uncheckedOrg?.sources ?? [];
}
