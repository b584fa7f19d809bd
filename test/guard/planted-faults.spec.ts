import { jest } from '@jest/globals';
import { Controller, Get, Scope, type Type } from '@nestjs/common';
import {
  OptionalUser,
  orgFromQuery,
  PropelAuthModule,
  Public,
  RequireApiKey,
  RequireOrgRole,
  RequireUser,
  RequireUserOrApiKey,
} from 'nestjs-propelauth';
import { startApplication } from '../support/application.js';
import { issuer, request, startGuarded } from '../support/guarded-application.js';
import { ACME_ID, bob, carol, headersOf } from '../support/project.js';
import {
  applyMixinMethods,
  applyMixins,
  Copied,
  Extended,
  OtherGuard,
  Proxied,
  Tracked,
  Wrapped,
} from '../support/planted-faults.js';
import { RecordingLogger } from '../support/recording-logger.js';
import { decorateHandler } from '../support/routes.js';

const org = orgFromQuery();
const ForAdmins = () => RequireOrgRole('Admin', { org });

/**
 * What becomes of the route `GET /list`, which is for admins: it is guarded as if nothing had happened, it rejects all calls, or the
 * application does not start.
 */
type Outcome = 'guarded' | 'rejected' | 'no start';

/** The second outcome is that under `requireUserByDefault`, where it is another one. */
type Fault = [what: string, plant: () => Type, outcome: Outcome, byDefault?: Outcome];

type Methods = Record<'list' | 'other' | 'helper', () => object>;

/** A controller whose constructor does something to its methods. */
function constructed(
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

const bindSelf = (self: Methods) => void (self.list = self.list.bind(self));
const bindOther = (self: Methods) => void (self.list = self.other.bind(self));
const takeOther = (self: Methods) => void (self.list = self.other);
const takeHelper = (self: Methods) => void (self.list = self.helper);
const takeArrow = (self: Methods) => void (self.list = () => ({}));

const perRequest = { scope: Scope.REQUEST };
const perRequestUnruled = { ...perRequest, other: null };
const perRequestAlike = { ...perRequest, other: ForAdmins() };

const REPLACED_METHODS: Fault[] = [
  ['a constructor binds the method', () => constructed(bindSelf), 'guarded'],
  ['a constructor binds another method', () => constructed(bindOther), 'guarded'],
  ['a constructor puts an arrow function there', () => constructed(takeArrow), 'guarded'],
  ['a constructor puts a helper there', () => constructed(takeHelper), 'guarded'],
  [
    'a constructor puts another handler there',
    () => constructed(takeOther, { other: RequireUser() }),
    'guarded',
  ],
  ['a constructor puts a public handler there', () => constructed(takeOther), 'no start'],
  ...[bindSelf, bindOther, takeArrow, takeHelper].flatMap((construct): Fault[] => [
    [
      `the constructor of a request-scoped class does ${String(construct)}`,
      () => constructed(construct, perRequest),
      'rejected',
    ],
    [
      `the same, beside a route without a rule: ${String(construct)}`,
      () => constructed(construct, perRequestUnruled),
      'rejected',
    ],
    [
      `the same, where all routes have one rule: ${String(construct)}`,
      () => constructed(construct, perRequestAlike),
      'guarded',
    ],
  ]),
  [
    'a decorator above the rule wraps the method',
    () => {
      @Controller()
      class Reports {
        @Get('list')
        @Wrapped
        @ForAdmins()
        list() {
          return {};
        }

        @Get('open')
        open() {
          return {};
        }
      }
      return Reports;
    },
    'guarded',
  ],
];

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

const REPLACED_CLASSES: Fault[] = Object.entries({ Proxied, Copied, Extended, Tracked }).flatMap(
  ([name, decorate]): Fault[] => [
    [
      `@${name} is above the rule of the method`,
      () => decorated(decorate, { method: [ForAdmins()] }),
      'guarded',
    ],
    [
      `@${name} is above the rule of the class`,
      () => decorated(decorate, { below: [ForAdmins()] }),
      'guarded',
    ],
    [
      `@${name} is above the rule of the class, and the method has a weaker one`,
      () => decorated(decorate, { below: [ForAdmins()], method: [RequireUser()] }),
      'guarded',
    ],
    [
      `@${name} is below the rule of the class, and the method has a weaker one`,
      () => decorated(decorate, { above: [ForAdmins()], method: [RequireUser()] }),
      'guarded',
    ],
  ],
);

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

const MIXED_AND_INHERITED: Fault[] = [
  [
    'a mixin brings the method with its rule',
    () => mixed(applyMixins, [ForAdmins()], []),
    'guarded',
  ],
  [
    'a mixin brings the method and its constructor, and the class has the rule',
    () => mixed(applyMixins, [RequireUser()], [ForAdmins()]),
    'no start',
  ],
  [
    'a mixin brings the method, and the class has the rule',
    () => mixed(applyMixinMethods, [RequireUser()], [ForAdmins()]),
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

const COPIED: Fault[] = Object.entries(WAYS).flatMap(([way, make]) =>
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

const SHARED: Fault[] = Object.entries({
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
    name.includes('Key') ? 'no start' : 'guarded',
  ],
]);

const PROXIES: Fault[] = Object.entries(ORIGINS).flatMap(([place]) =>
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
    'guarded',
  ]),
);

describe.each([false, true])('With requireUserByDefault: %s, a route', (requireUserByDefault) => {
  /** The answers to nobody, to a member and to an admin; why the application does not start. */
  async function answersOf(type: Type): Promise<number[] | string> {
    const options = { ...issuer.moduleOptions, requireUserByDefault };
    let url: string;
    try {
      ({ url } = await startApplication({
        imports: [PropelAuthModule.forRoot(options)],
        controllers: [type],
      }));
    } catch (error) {
      return (error as Error).message;
    }
    const statuses: number[] = [];
    for (const user of [null, carol, bob]) {
      const headers = await headersOf(issuer, user);
      const { status } = await request(url).get('/list').query({ orgId: ACME_ID }).set(headers);
      statuses.push(status);
    }
    return statuses;
  }

  const EXPECTED: Record<Outcome, unknown> = {
    guarded: [401, 403, 200],
    rejected: [500, 500, 500],
    'no start': expect.stringMatching(/- Reports/),
  };

  it.each([
    ...REPLACED_METHODS,
    ...REPLACED_CLASSES,
    ...MIXED_AND_INHERITED,
    ...COPIED,
    ...SHARED,
    ...PROXIES,
  ])(
    'keeps its rule or rejects all calls when %s',
    async (_what, plant, outcome, byDefault = outcome) => {
      expect(await answersOf(plant())).toEqual(
        EXPECTED[requireUserByDefault ? byDefault : outcome],
      );
    },
  );
});

describe('A route that rejects all calls', () => {
  it('is logged once a minute, with how many calls were left out', async () => {
    // A minute after the tests before.
    const now = Math.ceil(performance.now()) + 60_000;
    const clock = jest.spyOn(performance, 'now').mockReturnValue(now);
    const logger = new RecordingLogger();
    const { app, url } = await startGuarded({ controllers: [constructed(bindSelf, perRequest)] });
    app.useLogger(logger);
    for (const user of [null, carol, bob]) {
      await request(url, user)
        .get('/list')
        .expect(500, { message: 'Internal Server Error', statusCode: 500 });
    }
    expect(logger.of('error')).toEqual([expect.stringContaining('Reports replaces')]);
    clock.mockReturnValue(now + 60_000);
    await request(url, null).get('/list').expect(500);
    expect(logger.of('error')[1]).toContain('(identical lines left out: 2)');
  });
});
