import { Controller, Get, Scope, type Type } from '@nestjs/common';
import { orgFromQuery, Public, RequireOrgRole } from 'nestjs-propelauth';
import { decorateHandler } from '../../routes.js';

const org = orgFromQuery();
export const ForAdmins = () => RequireOrgRole('Admin', { org });

/**
 * What becomes of the route `GET /list`, which is for admins: it is guarded as if nothing had happened, it rejects all calls, or the
 * application does not start.
 */
export type Outcome = 'guarded' | 'rejected' | 'no start' | 'no start, else guarded';

/** The second outcome is that under `requireUserByDefault`, where it is another one. */
export type Fault = [what: string, plant: () => Type, outcome: Outcome, byDefault?: Outcome];

export type Methods = Record<'list' | 'other' | 'helper', () => object>;

/** A controller whose constructor does something to its methods. */
export function constructed(
  construct: (self: Methods) => void,
  {
    scope = Scope.DEFAULT,
    other = Public(),
  }: { scope?: Scope; other?: MethodDecorator | null } = {},
): Type {
  class Reports implements Methods {
    constructor() {
      construct(this);
    }

    list() {
      return {};
    }

    other() {
      return {};
    }

    helper() {
      return {};
    }
  }
  decorateHandler(Reports, 'list', ForAdmins(), Get('list'));
  decorateHandler(Reports, 'other', ...(other === null ? [] : [other]), Get('other'));
  Controller({ scope })(Reports);
  return Reports;
}

export const bindSelf = (self: Methods) => void (self.list = self.list.bind(self));
export const bindOther = (self: Methods) => void (self.list = self.other.bind(self));
export const takeOther = (self: Methods) => void (self.list = self.other);
export const takeHelper = (self: Methods) => void (self.list = self.helper);
export const takeArrow = (self: Methods) => void (self.list = () => ({}));

export const perRequest = { scope: Scope.REQUEST };
export const perRequestUnruled = { ...perRequest, other: null };
export const perRequestAlike = { ...perRequest, other: ForAdmins() };
