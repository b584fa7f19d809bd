import { Injectable, Scope, type Provider, type Type } from '@nestjs/common';
import { Query, Resolver } from '@nestjs/graphql';
import { activeOrg, Public, RequireOrgRole } from 'nestjs-propelauth';
import { decorateHandler } from '../routes.js';
import { Proxied, Wrapped } from './replacements.js';

const ForAdmins = () => RequireOrgRole('Admin', { org: activeOrg() });

type Methods = Record<'secret' | 'other', () => string>;

/** A resolver whose constructor does something to its methods. */
function constructed(construct: (self: Methods) => void, scope = Scope.DEFAULT): Type {
  class Reports implements Methods {
    constructor() {
      construct(this);
    }

    secret() {
      return 'a secret';
    }

    other() {
      return 'no secret';
    }
  }
  decorateHandler(
    Reports,
    'secret',
    ForAdmins(),
    Query(() => String),
  );
  decorateHandler(
    Reports,
    'other',
    Public(),
    Query(() => String),
  );
  Resolver()(Reports);
  Injectable({ scope })(Reports);
  return Reports;
}

const bindSelf = (self: Methods) => void (self.secret = self.secret.bind(self));
const bindOther = (self: Methods) => void (self.secret = self.other.bind(self));
const takeArrow = (self: Methods) => void (self.secret = () => 'a secret');

/** What constructors do to resolvers, and what becomes of the query `secret`, which is for admins. */
export const CONSTRUCTED_RESOLVERS: readonly [
  what: string,
  provider: Type,
  outcome: 'no start' | 'rejected',
][] = [
  ['when a constructor binds the method', constructed(bindSelf), 'no start'],
  ['when a constructor binds another one', constructed(bindOther), 'no start'],
  ['when a constructor puts an arrow function there', constructed(takeArrow), 'no start'],
  ['when it does so for each request', constructed(bindSelf, Scope.REQUEST), 'rejected'],
  ['when it binds another one for each request', constructed(bindOther, Scope.REQUEST), 'rejected'],
  [
    'when an arrow function is there for each request',
    constructed(takeArrow, Scope.REQUEST),
    'rejected',
  ],
];

/** A class decorator wraps the class. */
export const WrappedClass: Type = (() => {
  @Resolver()
  @Proxied
  class Reports {
    @Query(() => String)
    @ForAdmins()
    secret() {
      return 'a secret';
    }
  }
  return Reports;
})();

/** The same, and a decorator wraps its method: startup fails. It fails only at the first start of a class, so each call makes a class. */
export function wrappedTwice(): Type {
  @Resolver()
  @Proxied
  class Reports {
    @Query(() => String)
    @Wrapped
    @ForAdmins()
    secret() {
      return 'a secret';
    }
  }
  return Reports;
}

@Resolver()
class Reports {
  @Query(() => String)
  @ForAdmins()
  secret() {
    return 'a secret';
  }
}

/** How else a resolver is provided: startup fails, unless the global guard is there. */
export const PROVIDED_RESOLVERS: readonly [how: string, provider: Provider][] = [
  ['provided by useFactory', { provide: 'REPORTS', useFactory: () => new Reports() }],
  ['provided by useValue', { provide: 'REPORTS', useValue: new Reports() }],
];
