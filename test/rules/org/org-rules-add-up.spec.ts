import {
  Controller,
  Get,
  SetMetadata,
  UseGuards,
  type CanActivate,
  type Type,
} from '@nestjs/common';
import {
  OptionalUser,
  Public,
  RequireOrgMember,
  RequireOrgRole,
  RequirePermission,
  RequireUser,
} from 'nestjs-propelauth';
import type { TestUser } from 'nestjs-propelauth/testing';
import { beforeTests } from '../../support/application.js';
import { request, startGuarded } from '../../support/guarded-application.js';
import { ACME_ID, alice, bob, carol, dave } from '../../support/project.js';
import { CurrentCaller, decorateHandler, type Caller } from '../../support/routes.js';

type AccessDecorator = ClassDecorator & MethodDecorator;

interface Levels {
  grandparent?: AccessDecorator[];
  parent?: AccessDecorator[];
  class?: AccessDecorator[];
  handler?: AccessDecorator[];
}

/** A controller that inherits its handler from two classes above; the lists name decorators from the top down. */
function controllerWith(path: string, levels: Levels): Type {
  class Grandparent {
    @Get(':orgId')
    show(@CurrentCaller() caller: Caller) {
      return caller;
    }
  }
  class Parent extends Grandparent {}
  class Child extends Parent {}
  decorateHandler(Grandparent, 'show', ...(levels.handler ?? []).toReversed());
  decorateClass(Grandparent, levels.grandparent);
  decorateClass(Parent, levels.parent);
  decorateClass(Child, levels.class);
  Controller(path)(Child);
  return Child;
}

function decorateClass(target: Type, decorators: AccessDecorator[] = []): void {
  for (const decorate of decorators.toReversed()) decorate(target);
}

class AllowingGuard implements CanActivate {
  canActivate(): boolean {
    return true;
  }
}

// Each lets some of the people pass: together, only bob.
const atLeastAdmin = RequireOrgRole('Admin'); // alice, bob
const exactlyAdmin = RequireOrgRole('Admin', { exact: true }); // bob
const viewReports = RequirePermission('can_view_reports'); // alice, bob, carol
const ownersOnly = RequirePermission('can_edit_billing'); // alice
const otherGuard = UseGuards(AllowingGuard);
const otherMetadata = SetMetadata('roles', ['everyone']) as unknown as AccessDecorator;

type Name = 'nobody' | 'alice' | 'bob' | 'carol' | 'dave';
const people: Record<Name, TestUser | null> = {
  nobody: null,
  alice,
  bob,
  carol,
  dave,
};

const EVERYONE: Name[] = ['nobody', 'alice', 'bob', 'carol', 'dave'];
const MEMBERS: Name[] = ['alice', 'bob', 'carol'];

const cases: [string, Levels, Name[]][] = [
  ['no rules', {}, EVERYONE],
  ['a rule of the handler', { handler: [atLeastAdmin] }, ['alice', 'bob']],
  ['a rule of the class', { class: [atLeastAdmin] }, ['alice', 'bob']],
  ['a rule of the parent', { parent: [atLeastAdmin] }, ['alice', 'bob']],
  ['a rule of the grandparent', { grandparent: [atLeastAdmin] }, ['alice', 'bob']],
  ['handler and class', { handler: [exactlyAdmin], class: [atLeastAdmin] }, ['bob']],
  ['a wide handler, a narrow class', { handler: [viewReports], class: [exactlyAdmin] }, ['bob']],
  ['class and parent', { class: [viewReports], parent: [exactlyAdmin] }, ['bob']],
  ['class and grandparent', { class: [viewReports], grandparent: [ownersOnly] }, ['alice']],
  [
    'rules of every level',
    {
      grandparent: [viewReports],
      parent: [RequireOrgMember()],
      class: [atLeastAdmin],
      handler: [exactlyAdmin],
    },
    ['bob'],
  ],
  ['rules that nobody meets together', { class: [ownersOnly], handler: [exactlyAdmin] }, []],
  ['several rules of one level', { class: [viewReports, atLeastAdmin, ownersOnly] }, ['alice']],
  ['a class with another guard', { class: [otherGuard], parent: [ownersOnly] }, ['alice']],
  ['a handler with another guard', { handler: [otherGuard], parent: [ownersOnly] }, ['alice']],
  ['a class with other metadata', { class: [otherMetadata], parent: [ownersOnly] }, ['alice']],
  ['@RequireUser() on the handler', { handler: [RequireUser()], class: [ownersOnly] }, ['alice']],
  ['@RequireUser() on the class', { class: [RequireUser()], parent: [ownersOnly] }, ['alice']],
  ['@Public() on the class', { class: [Public(), ownersOnly] }, ['alice']],
  ['@Public() below a rule of the class', { class: [ownersOnly, Public()] }, ['alice']],
  ['@Public() on the class, a rule above', { class: [Public()], parent: [ownersOnly] }, ['alice']],
  ['@Public() on the parent', { parent: [Public()], class: [ownersOnly] }, ['alice']],
  ['@Public() on a class of rules', { class: [Public()], handler: [ownersOnly] }, ['alice']],
  ['@OptionalUser() on the class', { class: [OptionalUser(), ownersOnly] }, ['alice']],
  ['@OptionalUser(), a rule above', { class: [OptionalUser()], parent: [ownersOnly] }, ['alice']],
  ['@OptionalUser() over a rule', { class: [OptionalUser()], handler: [viewReports] }, MEMBERS],
  ['@RequireUser() beside a rule', { handler: [RequireUser(), viewReports] }, MEMBERS],
  ['@Public() on the handler', { handler: [Public()], class: [ownersOnly] }, EVERYONE],
  [
    '@Public() on the handler, rules of every class',
    {
      handler: [Public()],
      class: [RequireUser()],
      parent: [ownersOnly],
      grandparent: [ownersOnly],
    },
    EVERYONE,
  ],
];

/** The answers of a route that lets these people pass. */
function letting(allowed: Name[]): Record<string, number> {
  return Object.fromEntries(
    EVERYONE.map((name) => [name, allowed.includes(name) ? 200 : name === 'nobody' ? 401 : 403]),
  );
}

// The same handler under two heirs: what holds for one must not hold for the other.
class Shared {
  @Get(':orgId')
  show(@CurrentCaller() caller: Caller) {
    return caller;
  }
}

@Controller('heirs/strict')
@RequirePermission('can_edit_billing')
class StrictHeirController extends Shared {}

@Controller('heirs/lenient')
@RequireOrgMember()
class LenientHeirController extends Shared {}

@Controller('overriding')
class OverridingController extends StrictHeirController {
  @Get(':orgId')
  override show(@CurrentCaller() caller: Caller) {
    return caller;
  }
}

describe.each([false, true])(
  'Organization rules, with requireUserByDefault %s',
  (requireUserByDefault) => {
    const application = beforeTests(() =>
      startGuarded(
        {
          controllers: [
            ...cases.map(([, levels], index) => controllerWith(`case-${index}`, levels)),
            StrictHeirController,
            LenientHeirController,
            OverridingController,
          ],
        },
        // Some of these classes have a decorator that applies to none of their handlers.
        { requireUserByDefault, startupAudit: 'warn' },
      ),
    );

    async function statuses(path: string): Promise<Record<string, number>> {
      const answers: Record<string, number> = {};
      for (const [name, user] of Object.entries(people)) {
        const { status } = await request(application.url, user).get(`/${path}/${ACME_ID}`);
        answers[name] = status;
      }
      return answers;
    }

    it.each(cases.map(([name, , allowed], index) => ({ name, allowed, path: `case-${index}` })))(
      'add up: $name allows $allowed',
      async ({ name, allowed, path }) => {
        const isUnguarded = name === 'no rules';
        expect(await statuses(path)).toEqual(
          letting(isUnguarded && requireUserByDefault ? EVERYONE.slice(1) : allowed),
        );
      },
    );

    it('apply to the subclass that has them, and not to another subclass with the same handler', async () => {
      expect(await statuses('heirs/lenient')).toEqual(letting(MEMBERS));
      expect(await statuses('heirs/strict')).toEqual(letting(['alice']));
      expect(await statuses('heirs/lenient')).toEqual(letting(MEMBERS));
    });

    it('of the classes apply to a handler that overrides an inherited one', async () => {
      expect(await statuses('overriding')).toEqual(letting(['alice']));
    });

    it('leave no caller if @Public() lifts them', async () => {
      const index = cases.findIndex(([name]) => name === '@Public() on the handler');
      await request(application.url, alice)
        .get(`/case-${index}/${ACME_ID}`)
        .expect(200, { userId: null, orgId: null });
    });
  },
);
