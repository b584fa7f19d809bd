import { Controller, Get, Scope, type Type } from '@nestjs/common';
import {
  OptionalUser,
  Public,
  RequireApiKey,
  RequireUser,
  RequireUserOrApiKey,
} from 'nestjs-propelauth';
import { applyMixinMethods, applyMixins } from '../replacements.js';
import { ForAdmins, type Fault, type Methods } from './fault.js';

/** A method under a rule, or of a class under the rule. */
const ORIGINS: Record<string, () => Type> = {
  method() {
    class Origin {
      @Get('list')
      @ForAdmins()
      list() {
        return {};
      }
    }
    return Origin;
  },
  class() {
    @ForAdmins()
    class Origin {
      @Get('list')
      list() {
        return {};
      }
    }
    return Origin;
  },
};

/** How a controller comes by a copy of the method. */
const COPIES: Record<string, (origin: Type) => Type> = {
  'a class copies'(origin) {
    class Reports {}
    applyMixinMethods(Reports, origin);
    return Reports;
  },
  'a class copies, with another mixin and its constructor,'(origin) {
    class Reports {}
    class Other {
      @Get('other')
      @RequireUser()
      other() {
        return {};
      }
    }
    applyMixins(Reports, origin, Other);
    return Reports;
  },
  'a class inherits a copy of'(origin) {
    class Base {}
    applyMixinMethods(Base, origin);
    class Reports extends Base {}
    return Reports;
  },
  'a class overrides a copy of'(origin) {
    class Base {}
    applyMixinMethods(Base, origin);
    class Reports extends Base {
      @Get('list')
      list() {
        return {};
      }
    }
    return Reports;
  },
  'a class inherits through a plain object a copy of'(origin) {
    class Reports {}
    const { list } = Object.getOwnPropertyDescriptors(origin.prototype as Methods);
    Object.setPrototypeOf(Reports.prototype, Object.defineProperties({}, { list }));
    return Reports;
  },
  'a constructor takes': taking,
};

function taking(origin: Type): Type {
  class Reports {
    constructor() {
      (this as unknown as Methods).list = Reflect.get(origin.prototype as Methods, 'list');
    }

    @Get('list')
    @ForAdmins()
    list() {
      return {};
    }
  }
  return Reports;
}

/** The class has the rule only by its constructor, which does not inherit methods. */
function inheritingStatically(origin: Type): Type {
  class Reports {
    @Get('list')
    list() {
      return {};
    }
  }
  Object.setPrototypeOf(Reports, origin);
  return Reports;
}

/** The prototype inherits the method, and the class does not, as with `util.inherits()` in old versions of Node.js. */
function inheritingByPrototype(origin: Type): Type {
  class Reports {}
  Object.setPrototypeOf(Reports.prototype, origin.prototype as object);
  return Reports;
}

/** A mixin without rules, of which a class with other rules has a copy, too. */
function sharingMixin(): Type {
  class Mixin {
    @Get('list')
    list() {
      return {};
    }
  }
  @Controller('news')
  @RequireApiKey()
  class News {}
  @ForAdmins()
  class Reports {}
  for (const type of [News, Reports]) applyMixinMethods(type, Mixin);
  return Reports;
}

export const COPIED: Fault[] = [
  ...Object.entries(ORIGINS).flatMap(([place, origin]): Fault[] => [
    ...Object.entries(COPIES).map(([way, copy]): Fault => [
      `${way} a method with a rule on its ${place}`,
      () => controllerOf(copy(origin())),
      'no start',
    ]),
    [
      `the constructor of a request-scoped class takes a method with a rule on its ${place}`,
      () => controllerOf(taking(origin()), Scope.REQUEST),
      'rejected',
    ],
    [
      `only the constructor of a class inherits a method with a rule on its ${place}`,
      () => controllerOf(inheritingStatically(origin())),
      'no start',
    ],
    [
      `only the prototype of a class inherits a method with a rule on its ${place}`,
      () => controllerOf(inheritingByPrototype(origin())),
      'guarded',
    ],
  ]),
  ['a class copies a method without rules', () => controllerOf(sharingMixin()), 'guarded'],
];

function controllerOf(type: Type, scope = Scope.DEFAULT): Type {
  Controller({ scope })(type);
  return type;
}

/** Two controllers that share a function, over which one of them writes a decorator by hand. Gives the other one. */
function sharing(decorate: MethodDecorator, isCopied: boolean): Type {
  class Base {
    @Get('list')
    list() {
      return {};
    }
  }
  class News extends (isCopied ? Object : Base) {}
  class Reports extends (isCopied ? Object : Base) {}
  if (isCopied) for (const type of [News, Reports]) applyMixinMethods(type, Base);
  ForAdmins()(Reports);
  Controller()(Reports);
  const descriptor = Object.getOwnPropertyDescriptor(Base.prototype, 'list') as PropertyDescriptor;
  decorate(News.prototype, 'list', descriptor);
  return Reports;
}

export const SHARED: Fault[] = Object.entries({
  Public,
  OptionalUser,
  RequireApiKey,
  RequireUserOrApiKey,
}).flatMap(([name, decorate]): Fault[] => [
  [
    `@${name}() is written over the method that a sibling inherits`,
    () => sharing(decorate(), false),
    'guarded',
  ],
  [
    `@${name}() is written over the copy that a sibling has of the method`,
    () => sharing(decorate(), true),
    'guarded',
  ],
]);
