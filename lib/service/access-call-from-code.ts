import type { Type } from '@nestjs/common';
import type { AccessCall } from '../options/access-rule.interface.js';
import type { AuthorizedSubject } from '../options/authorized-subject.interface.js';
import type { ResourceLoader } from '../options/resource-loader.interface.js';
import type { GivenId, Resources } from '../rules/application/resources.js';
import type { RuleCall } from '../rules/rule-call.js';
import { asDeclared } from '../types/as-declared.js';

/** A call as rules of the application see it that code asks: there are only the caller, the organization and the rows that code has given. */
export function accessCallFromCode(
  known: Pick<RuleCall, 'identified' | 'org' | 'sharingLifetime'>,
  { orgId, resources: given = [] }: AuthorizedSubject,
  resources: Resources,
): AccessCall {
  const call: AccessCall = {
    transport: 'code',
    address: undefined,
    headers: Object.freeze({}),
    context: null,
    handler: null,
    get caller() {
      return known.identified?.describe() ?? null;
    },
    get userId() {
      return known.identified?.describe().userId;
    },
    get org() {
      return known.org && asDeclared(known.org);
    },
    read(source): never {
      throw new TypeError(
        `A rule reads ${source.from} ${source.name}, but authorize() has no request. Check this rule on a handler.`,
      );
    },
    async load<Row extends object>(
      loader: Type<ResourceLoader<Row>>,
      ...id: GivenId
    ): Promise<Row | null> {
      if (id.length > 0) {
        return (await resources.load(loader, call, known.sharingLifetime, ...id)) as Row | null;
      }
      const found = given.find((one) => one.loader === (loader as Type));
      if (found === undefined) {
        throw new TypeError(
          `A rule loads a row of ${loader.name}, but authorize() has no request. Pass resources: [resource(${loader.name}, row)].`,
        );
      }
      return resources.visibleIn(orgId, loader, found.row) as Row | null;
    },
  };
  return Object.freeze(call);
}
