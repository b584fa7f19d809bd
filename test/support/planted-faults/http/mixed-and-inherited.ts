import { Controller, Get, type Type } from '@nestjs/common';
import { Public, RequireUser } from 'nestjs-propelauth';
import { decorateHandler } from '../../routes.js';
import { applyMixinMethods, applyMixins, OtherGuard, Proxied } from '../replacements.js';
import { ForAdmins, type Fault } from './fault.js';

/** A mixin with the method, and a class that it is applied to. */
function mixed(
  apply: typeof applyMixins,
  ofMixin: (ClassDecorator & MethodDecorator)[],
  ofClass: ClassDecorator[],
): Type {
  class Mixin {
    list() {
      return {};
    }
  }
  class Reports {}
  decorateHandler(Mixin, 'list', ...ofMixin, Get('list'));
  [...ofClass, Controller()].forEach((decorate) => decorate(Reports));
  apply(Reports, Mixin);
  return Reports;
}

/** A class with the method under a rule, and a subclass that overrides it. */
function overriding(
  ofBase: MethodDecorator[],
  ofOverride: MethodDecorator[],
  { baseClass = [], heirClass = [] }: Record<string, ClassDecorator[]> = {},
): Type {
  class Base {
    list() {
      return {};
    }
  }
  class Middle extends Base {}
  class Reports extends Middle {
    override list() {
      return {};
    }
  }
  decorateHandler(Base, 'list', ...ofBase, Get('list'));
  decorateHandler(Reports, 'list', ...ofOverride, Get('list'));
  baseClass.forEach((decorate) => decorate(Base));
  [...heirClass, Controller()].forEach((decorate) => decorate(Reports));
  return Reports;
}

export const MIXED_AND_INHERITED: Fault[] = [
  [
    'a mixin brings the method with its rule',
    () => mixed(applyMixins, [ForAdmins()], []),
    'no start',
  ],
  [
    'a mixin brings the method and its constructor, and the class has the rule',
    () => mixed(applyMixins, [RequireUser()], [ForAdmins()]),
    'no start',
  ],
  [
    'a mixin brings the method with a weaker rule, and the class has the rule',
    () => mixed(applyMixinMethods, [RequireUser()], [ForAdmins()]),
    'no start',
  ],
  [
    'a mixin brings the method, and the class has the rule',
    () => mixed(applyMixinMethods, [], [ForAdmins()]),
    'guarded',
  ],
  [
    'a subclass overrides the method with @Get() alone',
    () => overriding([ForAdmins()], []),
    'guarded',
  ],
  [
    'a subclass with other guards overrides the method with @Get() alone',
    () => overriding([ForAdmins()], [OtherGuard()], { heirClass: [OtherGuard()] }),
    'guarded',
  ],
  [
    'a subclass overrides the method with a weaker rule',
    () => overriding([ForAdmins()], [RequireUser()]),
    'guarded',
  ],
  [
    'a subclass overrides a public method of a class with the rule with @Get() alone',
    () => overriding([Public()], [], { baseClass: [ForAdmins()] }),
    'guarded',
  ],
  [
    'a Proxy of a class with the rule inherits the method',
    () => {
      class Base {
        @Get('list')
        list() {
          return {};
        }
      }
      @Controller()
      @Proxied
      @ForAdmins()
      class Reports extends Base {}
      return Reports;
    },
    'no start',
    'guarded',
  ],
];
