import type { Type } from '@nestjs/common';
import {
  activeOrg,
  OptionalUser,
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
import { decorateHandler } from '../support/routes.js';
import type { Level, Place, WrittenRule } from './access-rules.arbitrary.js';

const SOURCES: Record<Place, OrgSource> = {
  path: orgFromParam('orgId'),
  query: orgFromQuery('org'),
  header: orgFromHeader('X-Org-Id'),
  body: orgFromBody('orgId'),
  token: activeOrg(),
};

const MODES = { required: RequireUser, optional: OptionalUser, public: Public };

/** A controller with the handler `show`, under the decorators of these levels. */
export function writtenController([handler, ofClass, ofParent]: [Level, Level, Level]): Type {
  class Parent {}
  class Controller extends Parent {
    show() {}
  }
  for (const decorate of decoratorsOf(ofParent)) decorate(Parent);
  for (const decorate of decoratorsOf(ofClass)) decorate(Controller);
  decorateHandler(Controller, 'show', ...decoratorsOf(handler));
  return Controller;
}

function decoratorsOf({ mode, rules }: Level): AccessDecorator[] {
  return [...(mode === undefined ? [] : [MODES[mode]()]), ...rules.map(decoratorOf)];
}

function decoratorOf(rule: WrittenRule): AccessDecorator {
  const options = rule.place === undefined ? {} : { org: SOURCES[rule.place] };
  switch (rule.kind) {
    case 'member':
      return RequireOrgMember(options);
    case 'role':
      return RequireOrgRole(rule.role, { ...options, exact: rule.exact });
    case 'permissions':
      return RequirePermission(rule.permissions, options);
  }
}
