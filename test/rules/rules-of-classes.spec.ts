import {
  Controller,
  Get,
  SetMetadata,
  UseGuards,
  type CanActivate,
  type Type,
} from '@nestjs/common';
import {
  DenyImpersonation,
  OptionalUser,
  Public,
  RequireOrgMember,
  RequireOrgRole,
  RequirePermission,
  RequireUser,
  type AccessDecorator,
} from 'nestjs-propelauth';
import { beforeTests } from '../support/application.js';
import { request, startGuarded } from '../support/guarded-application.js';
import { ACME_ID, alice, bob, carol, dave } from '../support/project.js';
import { CurrentCaller, decorateHandler, type Caller } from '../support/routes.js';

class AllowingGuard implements CanActivate {
  canActivate(): boolean {
    return true;
  }
}

// Each lets some of the people pass: together, only bob.
const admins = RequireOrgRole('Admin'); // alice, bob
const exactlyAdmin = RequireOrgRole('Admin', { exact: true }); // bob
const viewers = RequirePermission('can_view_reports'); // alice, bob, carol
const owners = RequirePermission('can_edit_billing'); // alice
const otherGuard = UseGuards(AllowingGuard);
const otherMetadata = SetMetadata('roles', ['everyone']) as unknown as AccessDecorator;
const user = RequireUser();
const optional = OptionalUser();
const open = Public();

const PEOPLE = { nobody: null, alice, bob, carol, dave };
type Name = keyof typeof PEOPLE;

/** Everyone is let in; of whom the handler knows, these have a name. */
const OPEN = 'everyone, unknown';
const OPTIONAL = 'everyone, known';
const USERS: Name[] = ['alice', 'bob', 'carol', 'dave'];
const MEMBERS: Name[] = ['alice', 'bob', 'carol'];
const ADMINS: Name[] = ['alice', 'bob'];

interface Levels {
  readonly grandparent?: AccessDecorator[];
  readonly parent?: AccessDecorator[];
  readonly ofClass?: AccessDecorator[];
  readonly handler?: AccessDecorator[];
}

type Allowed = Name[] | typeof OPEN | typeof OPTIONAL;

/** Decorators from the top down. */
const ROWS: [what: string, levels: Levels, allowed: Allowed][] = [
  ['a user is required of a class', { ofClass: [user] }, USERS],
  ['a user is required of a class above', { grandparent: [user] }, USERS],
  ['a user is optional', { handler: [optional] }, OPTIONAL],
  ['a class is open', { ofClass: [open] }, OPEN],
  ['the nearest word counts: optional', { handler: [optional], ofClass: [user] }, OPTIONAL],
  ['the nearest word counts: required', { ofClass: [user], parent: [open] }, USERS],
  ['the nearest word counts: open', { ofClass: [open], parent: [optional] }, OPEN],
  ['the handler has a rule', { handler: [admins] }, ADMINS],
  ['the class has a rule', { ofClass: [admins] }, ADMINS],
  ['the parent has a rule', { parent: [admins] }, ADMINS],
  ['the grandparent has a rule', { grandparent: [admins] }, ADMINS],
  ['the handler allows more', { handler: [viewers], ofClass: [exactlyAdmin] }, ['bob']],
  ['the class allows more', { handler: [exactlyAdmin], ofClass: [admins] }, ['bob']],
  [
    'every level has a rule',
    {
      grandparent: [viewers],
      parent: [RequireOrgMember()],
      ofClass: [admins],
      handler: [exactlyAdmin],
    },
    ['bob'],
  ],
  ['nobody meets the rules together', { ofClass: [owners], handler: [exactlyAdmin] }, []],
  ['one level has several rules', { ofClass: [viewers, admins, owners] }, ['alice']],
  ['the class has another guard', { ofClass: [otherGuard], parent: [owners] }, ['alice']],
  ['the handler has another guard', { handler: [otherGuard], parent: [owners] }, ['alice']],
  ['the class has other metadata', { ofClass: [otherMetadata], parent: [owners] }, ['alice']],
  ['a user is required beside a rule', { handler: [user, viewers] }, MEMBERS],
  ['a user is required below a rule', { handler: [user], ofClass: [owners] }, ['alice']],
  ['a class with a rule is open', { ofClass: [open, owners] }, ['alice']],
  ['a class with a rule is open, below it', { ofClass: [owners, open] }, ['alice']],
  ['a class below a rule is open', { ofClass: [open], parent: [owners] }, ['alice']],
  ['a class above a rule is open', { parent: [open], ofClass: [owners] }, ['alice']],
  ['the user is optional below a rule', { ofClass: [optional], parent: [owners] }, ['alice']],
  ['the user is optional above a rule', { ofClass: [optional], handler: [viewers] }, MEMBERS],
  ['the handler is open', { handler: [open], ofClass: [user], grandparent: [owners] }, OPEN],
  [
    'impersonation is denied above an open handler',
    { handler: [open], ofClass: [DenyImpersonation()] },
    OPEN,
  ],
];

/** A controller that inherits its handler from two classes above. */
function controllerWith(path: string, { handler, grandparent, parent, ofClass }: Levels): Type {
  class Grandparent {
    @Get(':orgId')
    show(@CurrentCaller() caller: Caller) {
      return caller;
    }
  }
  class Parent extends Grandparent {}
  class Child extends Parent {}
  decorateHandler(Grandparent, 'show', ...(handler ?? []).toReversed());
  decorateClass(Grandparent, grandparent);
  decorateClass(Parent, parent);
  decorateClass(Child, ofClass);
  Controller(path)(Child);
  return Child;
}

function decorateClass(target: Type, decorators: AccessDecorator[] = []): void {
  for (const decorate of decorators.toReversed()) decorate(target);
}

// The same handler under two heirs: what holds for one must not hold for the other.
class Shared {
  @Get(':orgId')
  show(@CurrentCaller() caller: Caller) {
    return caller;
  }
}

@Controller('strict')
@RequirePermission('can_edit_billing')
class StrictController extends Shared {}

@Controller('lenient')
@RequireOrgMember()
class LenientController extends Shared {}

@Controller('overriding')
class OverridingController extends StrictController {
  @Get(':orgId')
  override show(@CurrentCaller() caller: Caller) {
    return caller;
  }
}

/** What the handler answers to each of them: whom it knows, or the status of a rejection. */
function answersTo(allowed: Allowed): Record<string, unknown> {
  const answers = Object.entries(PEOPLE).map(([name, person]) => {
    if (allowed === OPEN || (allowed === OPTIONAL && person === null)) return [name, null];
    if (allowed === OPTIONAL || allowed.includes(name as Name)) return [name, person?.userId];
    return [name, person === null ? 401 : 403];
  });
  return Object.fromEntries(answers) as Record<string, unknown>;
}

describe.each([false, true])('With requireUserByDefault %s', (requireUserByDefault) => {
  const application = beforeTests(() =>
    startGuarded(
      {
        controllers: [
          ...ROWS.map(([, levels], index) => controllerWith(`${index}`, levels)),
          controllerWith('without-rules', {}),
          StrictController,
          LenientController,
          OverridingController,
        ],
      },
      // Some of these classes have a decorator that applies to none of their handlers.
      { requireUserByDefault, startupAudit: 'warn' },
    ),
  );

  async function answersOf(path: string): Promise<Record<string, unknown>> {
    const answers: Record<string, unknown> = {};
    for (const [name, person] of Object.entries(PEOPLE)) {
      const { status, body } = await request(application.url, person).get(`/${path}/${ACME_ID}`);
      answers[name] = status === 200 ? body.userId : status;
    }
    return answers;
  }

  it.each(ROWS.map(([what, , allowed], index) => ({ what, allowed, path: `${index}` })))(
    'where $what, these get in: $allowed',
    async ({ allowed, path }) => {
      expect(await answersOf(path)).toEqual(answersTo(allowed));
    },
  );

  it('a handler without a rule is open, unless a user is required by default', async () => {
    const expected = answersTo(requireUserByDefault ? USERS : OPEN);
    expect(await answersOf('without-rules')).toEqual(expected);
  });

  it('the rules of a subclass are not those of another with the same handler', async () => {
    expect(await answersOf('lenient')).toEqual(answersTo(MEMBERS));
    expect(await answersOf('strict')).toEqual(answersTo(['alice']));
    expect(await answersOf('lenient')).toEqual(answersTo(MEMBERS));
  });

  it('the rules of classes hold for a handler that overrides an inherited one', async () => {
    expect(await answersOf('overriding')).toEqual(answersTo(['alice']));
  });
});
