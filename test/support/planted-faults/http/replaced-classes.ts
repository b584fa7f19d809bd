import { Controller, Get, Scope, type Type } from '@nestjs/common';
import { Public, RequireUser } from 'nestjs-propelauth';
import { decorateHandler } from '../../routes.js';
import { Copied, Extended, Proxied, Tracked } from '../replacements.js';
import { bindSelf, ForAdmins, type Fault, type Methods } from './fault.js';

/** A controller with such a class decorator between others, and with these rules of its class and its method. */
function decorated(
  decorate: ClassDecorator,
  {
    above = [],
    below = [],
    method = [],
  }: Partial<Record<'above' | 'below', ClassDecorator[]>> & { method?: MethodDecorator[] },
): Type {
  class Reports {
    list() {
      return {};
    }

    open() {
      return {};
    }
  }
  decorateHandler(Reports, 'list', ...method, Get('list'));
  decorateHandler(Reports, 'open', Public(), Get('open'));
  return [...below, decorate, Controller(), ...above].reduce<Type>(
    (type, decorator) => decorator(type) ?? type,
    Reports,
  );
}

export const REPLACED_CLASSES: Fault[] = Object.entries({
  Proxied,
  Copied,
  Extended,
  Tracked,
}).flatMap(([name, decorate]): Fault[] => {
  const outcome = name === 'Copied' ? 'no start' : 'guarded';
  return [
    [
      `@${name} is above the rule of the method`,
      () => decorated(decorate, { method: [ForAdmins()] }),
      outcome,
    ],
    [
      `@${name} is above the rule of the class`,
      () => decorated(decorate, { below: [ForAdmins()] }),
      outcome,
    ],
    [
      `@${name} is above the rule of the class, and the method has a weaker one`,
      () => decorated(decorate, { below: [ForAdmins()], method: [RequireUser()] }),
      outcome,
    ],
    [
      `@${name} is below the rule of the class, and the method has a weaker one`,
      () => decorated(decorate, { above: [ForAdmins()], method: [RequireUser()] }),
      outcome,
    ],
  ];
});

export const PROXIES: Fault[] = ['method', 'class'].flatMap((place) =>
  [Scope.DEFAULT, Scope.REQUEST].map((scope): Fault => [
    `@Proxied is above the rule of the ${place}, and the constructor (scope ${scope}) binds the method`,
    () => {
      class Reports {
        constructor() {
          bindSelf(this as unknown as Methods);
        }

        list() {
          return {};
        }
      }
      decorateHandler(Reports, 'list', ...(place === 'method' ? [ForAdmins()] : []), Get('list'));
      if (place === 'class') ForAdmins()(Reports);
      const type = Proxied(Reports) as Type;
      Controller({ scope })(type);
      return type;
    },
    scope === Scope.DEFAULT ? 'no start' : 'rejected',
  ]),
);
