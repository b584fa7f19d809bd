import {
  Controller,
  createParamDecorator,
  Get,
  type ExecutionContext,
  type Type,
} from '@nestjs/common';
import { getCurrentUser, OptionalUser, Public, RequireUser } from 'nestjs-propelauth';
import request from 'supertest';
import { beforeTests } from '../support/application.js';
import { issuer, startGuarded } from '../support/guarded-application.js';
import { alice, headersOf } from '../support/project.js';

type Mode = 'required' | 'optional' | 'public';

const decorators: Record<Mode, () => ClassDecorator & MethodDecorator> = {
  required: RequireUser,
  optional: OptionalUser,
  public: Public,
};

/** What a level says; `undefined` when it has no word of its own. */
const words: (Mode | undefined)[] = [undefined, 'required', 'optional', 'public'];

/** Unlike `@CurrentUser()` also allowed on routes where there never is one. */
const CallerId = createParamDecorator(
  (_data: unknown, context: ExecutionContext) => getCurrentUser(context)?.userId ?? null,
);

interface Levels {
  parent?: Mode | undefined;
  class?: Mode | undefined;
  handler?: Mode | undefined;
}

const combinations: Levels[] = words.flatMap((ofClass) => [
  ...words.map((ofHandler) => ({ class: ofClass, handler: ofHandler })),
  ...words.slice(1).map((ofParent) => ({ parent: ofParent, class: ofClass })),
]);

function pathOf({ parent, class: ofClass, handler }: Levels): string {
  return [parent, ofClass, handler].map((word) => word ?? 'silent').join('-');
}

/** A controller with an inherited handler, whose levels say these words. */
function controllerWith(levels: Levels): Type {
  class Parent {
    @Get()
    show(@CallerId() userId: string | null) {
      return { userId };
    }
  }
  class Child extends Parent {}
  if (levels.parent) decorators[levels.parent]()(Parent);
  if (levels.class) decorators[levels.class]()(Child);
  if (levels.handler) {
    const handler = Object.getOwnPropertyDescriptor(Parent.prototype, 'show');
    decorators[levels.handler]()(Parent.prototype, 'show', handler as PropertyDescriptor);
  }
  Controller(pathOf(levels))(Child);
  return Child;
}

describe.each([
  { requireUserByDefault: undefined, byDefault: 'public' as const },
  { requireUserByDefault: false, byDefault: 'public' as const },
  { requireUserByDefault: true, byDefault: 'required' as const },
])('With requireUserByDefault $requireUserByDefault', ({ requireUserByDefault, byDefault }) => {
  const application = beforeTests(() =>
    // Many of these classes have a decorator that applies to none of their handlers.
    startGuarded(
      { controllers: combinations.map(controllerWith) },
      { requireUserByDefault, startupAudit: 'warn' },
    ),
  );

  const table = combinations.map((levels) => ({
    path: pathOf(levels),
    mode: levels.handler ?? levels.class ?? levels.parent ?? byDefault,
  }));

  it.each(table)('the nearest decorator wins: $path is $mode', async ({ path, mode }) => {
    const answers = [];
    for (const headers of [
      {},
      { Authorization: 'Bearer invalid' },
      await headersOf(issuer, alice),
    ]) {
      const { status, body } = await request(application.url).get(`/${path}`).set(headers);
      answers.push([status, body.userId]);
    }
    const nobody = [200, null];
    const rejected = [401, undefined];
    const known = [200, alice.userId];
    expect(answers).toEqual(
      {
        required: [rejected, rejected, known],
        optional: [nobody, nobody, known],
        public: [nobody, nobody, nobody],
      }[mode],
    );
  });
});
