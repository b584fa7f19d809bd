import { Controller, Scope, type Type } from '@nestjs/common';
import { MessagePattern } from '@nestjs/microservices';
import { orgFromMessage, Public, RequireOrgRole } from 'nestjs-propelauth';
import { decorateHandler } from '../routes.js';
import type { Outcome } from './http/fault.js';
import { Proxied, Wrapped } from './replacements.js';

const org = orgFromMessage();
const ForAdmins = () => RequireOrgRole('Admin', { org });

type Methods = Record<'list' | 'other', () => string>;

/** What becomes of the message `list`, which is for admins. */
type Fault = [what: string, controller: Type, outcome: Outcome];

/** A controller of messages whose constructor does something to its methods. */
export function constructed(construct: (self: Methods) => void, scope = Scope.DEFAULT): Type {
  class Reports implements Methods {
    constructor() {
      construct(this);
    }

    list() {
      return 'reports';
    }

    other() {
      return 'others';
    }
  }
  decorateHandler(Reports, 'list', ForAdmins(), MessagePattern('list'));
  decorateHandler(Reports, 'other', Public(), MessagePattern('other'));
  Controller({ scope })(Reports);
  return Reports;
}

const bindSelf = (self: Methods) => void (self.list = self.list.bind(self));
const bindOther = (self: Methods) => void (self.list = self.other.bind(self));
const takeArrow = (self: Methods) => void (self.list = () => 'reports');

@Controller()
class WrappedMessages {
  @MessagePattern('list')
  @Wrapped
  @ForAdmins()
  list() {
    return 'reports';
  }
}

@Controller()
@Proxied
class ProxiedMessages {
  @MessagePattern('list')
  @ForAdmins()
  list() {
    return 'reports';
  }
}

/** What constructors do to the methods of controllers of messages. */
export const CONSTRUCTED_MESSAGES: readonly Fault[] = [
  ['a constructor binds the method', constructed(bindSelf), 'no start'],
  ['a constructor binds another one', constructed(bindOther), 'no start'],
  ['a constructor puts an arrow function there', constructed(takeArrow), 'no start'],
  ['it does so for each message', constructed(bindSelf, Scope.REQUEST), 'rejected'],
  ['it binds another one for each message', constructed(bindOther, Scope.REQUEST), 'rejected'],
  ['an arrow function is there for each', constructed(takeArrow, Scope.REQUEST), 'rejected'],
];

/** What decorators do to them. */
export const WRAPPED_MESSAGES: readonly Fault[] = [
  ['a decorator wraps the method', WrappedMessages, 'guarded'],
  ['a decorator wraps the class', ProxiedMessages, 'guarded'],
];
