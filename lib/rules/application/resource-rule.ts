import type { Type } from '@nestjs/common';
import { denied, type Rejection } from '../../rejections/rejection.js';
import { orgRule } from '../org/org-rule.js';
import { alwaysHas } from '../policy.js';
import type { RuleType } from '../rule.js';
import type { OwnLoader } from './own-loader.js';
import { Resources } from './resources.js';

/** What `@CurrentResource()` says. */
export interface ResourceArgument {
  readonly loader: Type<OwnLoader>;
  /** Whether calls without such a row are let in. */
  readonly isOptional: boolean;
}

interface NeededResource extends ResourceArgument {
  /** Finds it among the providers. Rules may be combined before there are any. */
  readonly find: () => OwnLoader;
}

const NOT_FOUND = { code: 'not_found', status: 404 } as const;

/** The rejection of a call without the row that it needs. */
export function rowMissing({ name: rule }: OwnLoader): Rejection {
  return denied({ rule, ...NOT_FOUND });
}

/** Loads the rows that a handler takes, and requires them. The rule is that of a parameter, so it says nothing about callers. */
export const resourceRule: RuleType<ResourceArgument, readonly NeededResource[]> = {
  name: 'resource',
  acceptsNobody: () => true,
  providers: [Resources],

  combine: (rules, { own }) => {
    const loaders = new Set(rules.map(({ argument }) => argument.loader));
    return [...loaders].map((loader) => ({
      loader,
      isOptional: rules.every(({ argument }) => argument.isOptional || argument.loader !== loader),
      find: () => own.loaderOf(loader),
    }));
  },

  on: () => 'met',

  async check(call, resources, services) {
    const rows = services.get(Resources);
    for (const { loader, isOptional, find } of resources) {
      const row = await rows.load(loader, call.accessCallWith(rows), call.sharingLifetime);
      if (row === null && !isOptional) throw rowMissing(find());
      call.keepRow(loader, row);
    }
  },

  dependsOnCall: () => true,

  describe: (resources) => {
    const required = resources
      .filter(({ isOptional }) => !isOptional)
      .map(({ find }) => find().name);
    return {
      ...(required.length > 0 && { words: `with ${required.join(' and ')}` }),
      reasons: [],
      denials: required.map((rule) => ({ rule, ...NOT_FOUND })),
      data: required,
    };
  },

  audit: (resources, { policy }) =>
    resources.flatMap(({ loader, find }) =>
      find().orgId === undefined || alwaysHas(policy, orgRule)
        ? []
        : [
            `The rows of ${loader.name} belong to organizations, and no rule of this handler checks one, so it would never get a row. Add ` +
              `@RequireOrgMember({ org: orgOf(${loader.name}) }).`,
          ],
    ),
};
