import { Controller, Get, Post, type Type } from '@nestjs/common';
import { Query, Resolver } from '@nestjs/graphql';
import {
  OptionalUser,
  Public,
  RequireOrgMember,
  RequireStepUpMfa,
  RequireUser,
} from 'nestjs-propelauth';
import { failureOf } from '../support/application.js';
import { graphqlModule } from '../support/graphql.js';
import { startGuarded } from '../support/guarded-application.js';
import { decorateHandler } from '../support/routes.js';

interface Written {
  readonly class: ClassDecorator[];
  readonly list: MethodDecorator[];
  readonly create: MethodDecorator[];
}

/** `ReportsController` with two handlers, whose decorators are written like that. */
function reportsController(written: Written, Base: Type = class {}): Type {
  class ReportsController extends Base {
    list() {}
    create() {}
  }
  decorateHandler(ReportsController, 'list', Get('reports/:orgId'), ...written.list);
  decorateHandler(ReportsController, 'create', Post('reports/:orgId'), ...written.create);
  for (const decorate of written.class) decorate(ReportsController);
  Controller()(ReportsController);
  return ReportsController;
}

const failure = async (...controllers: Type[]) =>
  String(((await failureOf(startGuarded({ controllers }))) as Error | undefined)?.message);

const member = RequireOrgMember();

describe('Startup fails for a class whose decorator opens none of its handlers', () => {
  it.each<[string, string, Written]>([
    [
      'handlers with organization rules',
      '@Public()',
      { class: [Public()], list: [member], create: [member] },
    ],
    [
      'handlers with decorators of their own',
      '@Public()',
      { class: [Public()], list: [RequireUser()], create: [Public()] },
    ],
    [
      'a denying rule of the class',
      '@Public()',
      { class: [Public(), member], list: [], create: [] },
    ],
    [
      'step-up MFA and an optional user',
      '@Public()',
      { class: [Public()], list: [RequireStepUpMfa('PAY')], create: [OptionalUser()] },
    ],
    [
      'handlers with organization rules',
      '@OptionalUser()',
      { class: [OptionalUser()], list: [member], create: [member] },
    ],
    [
      'a denying rule of the class',
      '@OptionalUser()',
      { class: [OptionalUser(), member], list: [], create: [] },
    ],
  ])('%s under %s', async (_rules, decorator, written) => {
    expect(await failure(reportsController(written))).toBe(
      'These access rules cannot work as they are written:\n' +
        `- ReportsController: ${decorator} on the class has no effect, because each of its handlers has another decorator for ` +
        'the caller, or a rule that requires one, its own or one of globalRules. Remove it, or move it to the handlers that it is for.',
    );
  });

  it('names a base class and a resolver', async () => {
    class Base {}
    Public()(Base);
    const heir = reportsController({ class: [], list: [member], create: [member] }, Base);
    expect(await failure(heir)).toContain('- Base: @Public() on the class');

    @Resolver()
    @Public()
    class ReportsResolver {
      @Query(() => Boolean)
      @RequireUser()
      reports() {
        return true;
      }
    }
    const start = startGuarded({ imports: [graphqlModule()], providers: [ReportsResolver] });
    expect(String(await failureOf(start))).toContain('- ReportsResolver: @Public() on the class');
  });
});

describe('Startup does not fail for a class whose decorator opens', () => {
  it.each<[string, Written]>([
    ['a handler', { class: [Public()], list: [], create: [member] }],
    [
      'nothing, but says where the token is',
      { class: [OptionalUser({ tokenSource: () => undefined })], list: [member], create: [member] },
    ],
    ['a handler for an optional user', { class: [OptionalUser()], list: [], create: [member] }],
  ])('%s', async (_what, written) => {
    expect(await failureOf(startGuarded({ controllers: [reportsController(written)] }))).toBe(
      undefined,
    );
  });

  it('a handler of one of its subclasses', async () => {
    class Base {}
    Public()(Base);
    const guarded = reportsController({ class: [], list: [member], create: [member] }, Base);
    class StatusController extends Base {
      @Get('status')
      show() {}
    }
    Controller()(StatusController);
    const start = startGuarded({ controllers: [guarded, StatusController] });
    expect(await failureOf(start)).toBe(undefined);
  });
});
