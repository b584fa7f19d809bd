import { jest } from '@jest/globals';
import { Controller, Get, Scope, type Type } from '@nestjs/common';
import {
  orgFromQuery,
  PropelAuthModule,
  Public,
  RequireOrgRole,
  RequireUser,
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

  it.each([...REPLACED_METHODS, ...REPLACED_CLASSES, ...MIXED_AND_INHERITED])(
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
