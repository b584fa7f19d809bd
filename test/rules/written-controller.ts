import { Get, type Type } from '@nestjs/common';
import {
  activeOrg,
  OptionalUser,
  OverrideRules,
  orgFromBody,
  orgFromHeader,
  orgFromParam,
  orgFromQuery,
  Public,
  RequireOrgMember,
  RequireOrgRole,
  RequirePermission,
  RequireUser,
  type AccessDecorator,
  type OrgSource,
} from 'nestjs-propelauth';
import { markMethods } from '../../lib/rules/declared-method.js';
import { decorateHandler } from '../support/routes.js';
import type { Call, Level, Place, WrittenRule } from './access-rules.arbitrary.js';

const SOURCES: Record<Place, OrgSource> = {
  path: orgFromParam('orgId'),
  query: orgFromQuery('org'),
  header: orgFromHeader('X-Org-Id'),
  body: orgFromBody('orgId'),
  token: activeOrg(),
};

const MODES = { required: RequireUser, optional: OptionalUser, public: Public };

/** A controller with the handler `show`, under the decorators of these levels. */
export function writtenController({
  levels: [handler, overridden, ...ofClasses],
  overrides,
}: Pick<Call, 'levels' | 'overrides'>): Type {
  class Grandparent {}
  class Parent extends Grandparent {
    show() {}
  }
  class Controller extends Parent {
    override show() {}
  }
  [Controller, Parent, Grandparent].forEach((type, index) => {
    for (const decorate of decoratorsOf(ofClasses[index] as Level)) decorate(type);
  });
  const [own = [], inherited = []] = overrides.map((isWritten) =>
    isWritten ? [OverrideRules()] : [],
  );
  decorateHandler(Parent, 'show', ...inherited, ...decoratorsOf(overridden), Get());
  decorateHandler(Controller, 'show', ...own, ...decoratorsOf(handler), Get());
  // As the module does.
  markMethods(Controller);
  return Controller;
}

/** The decorators of one level. */
export function decoratorsOf({ mode, rules }: Level): AccessDecorator[] {
  return [...(mode === undefined ? [] : [MODES[mode]()]), ...rules.map(decoratorOf)];
}

function decoratorOf(rule: WrittenRule): AccessDecorator {
  const options = rule.place === undefined ? {} : { org: SOURCES[rule.place] };
  switch (rule.kind) {
    case 'member':
      return RequireOrgMember(options);
    case 'role':
      return RequireOrgRole(rule.role, { ...options, exact: rule.exact });
    case 'any-role':
      return RequireOrgRole({ anyOf: rule.anyOf }, options);
    case 'permissions':
      return RequirePermission(rule.permissions, options);
    case 'any-permission':
      return RequirePermission({ anyOf: rule.permissions }, options);
  }
}
