import { Controller, Get, Scope, type Type } from '@nestjs/common';
import {
  OptionalUser,
  Public,
  RequireApiKey,
  RequireUser,
  RequireUserOrApiKey,
} from 'nestjs-propelauth';
import { applyMixinMethods, applyMixins } from '../replacements.js';
import { bindSelf, ForAdmins, takeArrow, type Fault, type Methods } from './fault.js';

/** What becomes of the method in the class that calls it. */
const TREATMENTS: Record<string, (self: Methods) => void> = {
  'nothing happens to it': () => {},
  'the constructor binds it': bindSelf,
  'the constructor puts an arrow function there': takeArrow,
  'the constructor hides an arrow function there': (self) =>
    void Object.defineProperty(self, 'list', { value: () => ({}), enumerable: false }),
};

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

/** How a controller comes by the method, with what its constructor does to it. */
const WAYS: Record<string, (origin: Type, treat: (self: Methods) => void) => Type> = {
  copies(origin, treat) {
    class Reports {
      constructor() {
        treat(this as unknown as Methods);
      }
    }
    applyMixinMethods(Reports, origin);
    return Reports;
  },
  'copies, with another mixin and its constructor,'(origin, treat) {
    class Reports {
      constructor() {
        treat(this as unknown as Methods);
      }
    }
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
  'inherits a copy of'(origin, treat) {
    class Base {}
    applyMixinMethods(Base, origin);
    class Reports extends Base {
      constructor() {
        super();
        treat(this as unknown as Methods);
      }
    }
    return Reports;
  },
  'overrides a copy of'(origin, treat) {
    class Base {}
    applyMixinMethods(Base, origin);
    class Reports extends Base {
      constructor() {
        super();
        treat(this as unknown as Methods);
      }

      @Get('list')
      list() {
        return {};
      }
    }
    return Reports;
  },
  'inherits by its prototype alone'(origin, treat) {
    class Reports {
      constructor() {
        treat(this as unknown as Methods);
      }
    }
    Object.setPrototypeOf(Reports.prototype, origin.prototype as object);
    return Reports;
  },
};

export const COPIED: Fault[] = Object.entries(WAYS).flatMap(([way, make]) =>
  Object.entries(ORIGINS).flatMap(([place, origin]) =>
    Object.entries(TREATMENTS).flatMap(([what, treat]) =>
      [Scope.DEFAULT, Scope.REQUEST].map((scope): Fault => {
        const plant = () => {
          const type = make(origin(), treat);
          Controller({ scope })(type);
          return type;
        };
        const isOfOther =
          way.includes('constructor') &&
          (scope === Scope.REQUEST || what !== 'nothing happens to it');
        const isOverride = way.startsWith('overrides');
        return [
          `a class (scope ${scope}) ${way} a method with a rule on its ${place}, and ${what}`,
          plant,
          isOfOther || isOverride ? 'no start' : 'guarded',
          isOverride ? 'guarded' : undefined,
        ];
      }),
    ),
  ),
);

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
    name.includes('Key') ? 'no start, else rejected' : 'guarded',
  ],
]);
