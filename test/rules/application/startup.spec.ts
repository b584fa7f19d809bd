import { Controller, Get, Injectable, Module, Scope, type Type } from '@nestjs/common';
import {
  accessRule,
  CurrentResource,
  fromInput,
  fromParam,
  fromParent,
  guardRule,
  OptionalCaller,
  orgOf,
  PropelAuthGuard,
  RequireOrgMember,
  RequireUser,
  type AccessRule,
  type ResourceLoader,
} from 'nestjs-propelauth';
import { startGuarded } from '../../support/guarded-application.js';
import { decorateHandler } from '../../support/routes.js';
import { messageOf } from '../../support/start-error.js';

/** A class of the application, whose instances have these properties. */
function classWith<Instance>(name: string, properties: object): Type<Instance> {
  class Odd {
    constructor() {
      Object.assign(this, properties);
    }
  }
  Injectable()(Odd);
  Object.defineProperty(Odd, 'name', { value: name });
  return Odd as unknown as Type<Instance>;
}

const ruleWith = (properties: object = {}, name = 'OddRule') =>
  classWith<AccessRule>(name, { name: 'odd', authorize: () => true, ...properties });

const loaderWith = (properties: object = {}) =>
  classWith<ResourceLoader>('OddLoader', {
    name: 'odd',
    id: fromInput('id'),
    load: () => null,
    ...properties,
  });

function startWith(
  providers: Type[],
  decorators: MethodDecorator[],
  parameter?: ParameterDecorator,
  imports: Type[] = [],
): Promise<string> {
  class OddController {
    show(_row: object) {}
  }
  parameter?.(OddController.prototype, 'show', 0);
  decorateHandler(OddController, 'show', ...decorators, Get(':id'));
  Controller('odd')(OddController);
  return messageOf(startGuarded({ imports, controllers: [OddController], providers }));
}

describe('Startup fails for a rule of the application', () => {
  const optional = OptionalCaller('user', 'api-key');

  it.each<[string, Type<AccessRule>, string, ...MethodDecorator[]]>([
    [
      'without authorize()',
      ruleWith({ authorize: undefined }),
      'The rule OddRule has no method authorize().',
    ],
    [
      'that requires an organization, which no rule checks',
      ruleWith({ requires: ['org'] }),
      "The rule 'odd' requires an organization, which no rule of this handler checks. Add @RequireOrgMember().",
    ],
    [
      'that requires a caller, who is optional',
      ruleWith({ requires: ['caller'] }),
      "The rule 'odd' requires a caller, and this handler accepts unauthenticated callers. Use @RequireCaller('user', 'api-key')",
      optional,
    ],
  ])('%s', async (_what, rule, message, ...others) => {
    expect(await startWith([rule], [...others, accessRule(rule)()])).toContain(message);
  });

  it('that nobody provides', async () => {
    expect(await startWith([], [accessRule(ruleWith())()])).toContain(
      'A rule of the application names OddRule, which no module provides.',
    );
  });

  it('that is request-scoped', async () => {
    const rule = ruleWith();
    Injectable({ scope: Scope.REQUEST })(rule);
    expect(await startWith([rule], [accessRule(rule)()])).toContain(
      'A rule of the application names OddRule, which has request or transient scope',
    );
  });

  it('that two modules provide', async () => {
    const rule = ruleWith();
    @Module({ providers: [rule] })
    class OtherModule {}
    const message = await startWith([rule], [accessRule(rule)()], undefined, [OtherModule]);
    expect(message).toContain('The rule OddRule is provided by more than one module');
  });

  it.each<[string, object, string]>([
    ['has the name of another', {}, "The rule OddRule has the name 'odd', as Second has."],
    [
      'has a code of another with another status',
      { name: 'second', denials: { odd: 409 } },
      'The rule OddRule denies calls with 404 odd, and Second with 409 odd.',
    ],
  ])('that %s', async (_what, properties, message) => {
    const first = ruleWith({ denials: { odd: 404 } });
    const second = ruleWith(properties, 'Second');
    const neither = ruleWith({ name: 'neither' }, 'Neither');
    const rules = [first, second, neither];
    const decorators = rules.map((rule) => accessRule(rule)());
    expect(await startWith(rules, decorators)).toContain(message);
  });

  it('that is a guard without canActivate()', async () => {
    const guard = ruleWith({}, 'OddGuard');
    expect(await startWith([guard], [guardRule(guard as never)()])).toContain(
      'The guard OddGuard has no method canActivate().',
    );
  });
});

it.each<[string, () => unknown, string]>([
  ['accessRule() of a text', () => accessRule('OddRule' as never), 'needs the class of a rule.'],
  ['accessRule() of undefined', () => accessRule(undefined as never), 'Argument 1 of accessRule()'],
  [
    'a decorator of undefined',
    () => (accessRule(ruleWith()) as Function)(undefined),
    'Argument 1 of accessRule(OddRule) is undefined',
  ],
  ...['ShareLinkGuard', PropelAuthGuard].map((guard): [string, () => unknown, string] => [
    `guardRule() of ${String(guard).slice(0, 21)}`,
    () => guardRule(guard as never),
    'guardRule() needs the class of a guard of your own.',
  ]),
])('%s throws', (_what, decorate, message) => {
  expect(decorate).toThrow(message);
});

describe('Startup fails for a loader', () => {
  it.each<[string, object, string]>([
    ['without load()', { load: undefined }, 'has no method load().'],
    ['without an id', { id: undefined }, 'has no valid id.'],
    ['with a text for its id', { id: 'documentId' }, 'has no valid id.'],
    ['with an orgId that is no method', { orgId: 'acme' }, 'has an orgId that is not a method.'],
    [
      'that reads another path parameter',
      { id: fromParam('noteId') },
      'reads the id of its row from path noteId, which this path does not have. Add :noteId to /odd/:id, or change its id.',
    ],
    [
      'that reads an input that the path does not have',
      { id: fromInput('noteId') },
      'reads the id of its row from input noteId, which this path does not have.',
    ],
    [
      'that reads the parent of a field',
      { id: fromParent('noteId') },
      'reads the id of its row from parent noteId, which these calls do not have. Change its id.',
    ],
  ])('%s', async (_what, properties, message) => {
    const loader = loaderWith(properties);
    const starting = startWith([loader], [RequireUser()], CurrentResource(loader));
    expect(await starting).toContain(`OddLoader ${message}`);
  });

  it('of rows of organizations on a handler that checks none', async () => {
    const loader = loaderWith({ orgId: () => 'acme' });
    const starting = startWith([loader], [RequireUser()], CurrentResource(loader));
    expect(await starting).toContain('Add @RequireOrgMember({ org: orgOf(OddLoader) }).');
  });

  it('that names no organization, in orgOf()', async () => {
    const loader = loaderWith();
    expect(await startWith([loader], [RequireOrgMember({ org: orgOf(loader) })])).toContain(
      'orgOf() names OddLoader, whose rows belong to no organization.',
    );
  });

  it('that nobody provides', async () => {
    const starting = startWith([], [RequireUser()], CurrentResource(loaderWith()));
    expect(await starting).toContain(
      'A loader of the application names OddLoader, which no module provides.',
    );
  });

  it('and for its parameter on a handler that no guard protects', async () => {
    const loader = loaderWith();
    expect(await startWith([loader], [], CurrentResource(loader))).toContain(
      '@CurrentResource() never has a value on a route without an access rule.',
    );
  });
});
