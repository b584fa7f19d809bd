import {
  Controller,
  createParamDecorator,
  DefaultValuePipe,
  Get,
  UseGuards,
  UseInterceptors,
  type CallHandler,
  type ExecutionContext,
  type PipeTransform,
} from '@nestjs/common';
import { CurrentUser, getCurrentUser, OptionalUser, RequireUser, User } from 'nestjs-propelauth';
import type { TestUser } from 'nestjs-propelauth/testing';
import { request, startGuarded } from '../../support/guarded-application.js';
import { alice, bob } from '../../support/project.js';

class ShoutPipe implements PipeTransform<string, string> {
  transform(value: string): string {
    return value.toUpperCase();
  }
}

class UserIdPipe implements PipeTransform<User | null, string> {
  transform(user: User | null): string {
    return user instanceof User ? `user of the package: ${user.userId}` : 'nobody';
  }
}

/** A pipe sees a context only when its parameter decorator hands it on. */
class UserOfContextPipe implements PipeTransform<ExecutionContext, string | undefined> {
  transform(context: ExecutionContext): string | undefined {
    return getCurrentUser(context)?.userId;
  }
}
// Unlike `@CurrentUser()` also allowed where nothing guards the route.
const Context = createParamDecorator((_data: unknown, context: ExecutionContext) => context);

const seen: (string | null)[] = [];
const see = (context: ExecutionContext) => {
  seen.push(getCurrentUser(context)?.userId ?? null);
  return true;
};
const seeingGuard = { canActivate: see };
const seeingInterceptor = {
  intercept(context: ExecutionContext, next: CallHandler) {
    see(context);
    return next.handle();
  },
};

@Controller('required')
@RequireUser()
class RequiredController {
  @Get('user')
  user(@CurrentUser() user: User) {
    return [user instanceof User, user.userId, user.email];
  }

  @Get('properties')
  properties(@CurrentUser('email') email: string, @CurrentUser('username') absent?: string) {
    return [email, typeof absent];
  }

  @Get('pipes')
  pipes(
    @CurrentUser('email', ShoutPipe) email: string,
    @CurrentUser('username', new DefaultValuePipe('unnamed'), ShoutPipe) username: string,
    @CurrentUser(UserIdPipe) description: string,
    @Context(new UserOfContextPipe()) userId: string,
  ) {
    return [email, username, description, userId];
  }

  @Get('seen')
  @UseGuards(seeingGuard)
  @UseInterceptors(seeingInterceptor)
  seen() {
    return [];
  }
}

@Controller('optional')
@OptionalUser()
class OptionalController {
  @Get()
  @UseInterceptors(seeingInterceptor)
  user(
    @CurrentUser() user: User | null,
    @CurrentUser('email') email: string | undefined,
    @CurrentUser(UserIdPipe) description: string,
  ) {
    return [user === null, user?.userId ?? null, typeof email, description];
  }
}

@Controller('unguarded')
class UnguardedController {
  @Get()
  user(@Context() context: ExecutionContext) {
    return [getCurrentUser(context) === null];
  }
}

const { url } = await startGuarded(
  { controllers: [RequiredController, OptionalController, UnguardedController] },
  // Some of these routes could not work, and are here to show that they let nobody in.
  { startupAudit: 'warn' },
);

describe('@CurrentUser() and getCurrentUser()', () => {
  beforeEach(() => {
    seen.length = 0;
  });

  const ofAlice = `user of the package: ${alice.userId}`;
  const ofBob = `user of the package: ${bob.userId}`;

  it.each<[string, string, TestUser | null, unknown[]]>([
    ['the user', '/required/user', alice, [true, alice.userId, 'alice@example.com']],
    [
      'properties of the user, absent ones as undefined',
      '/required/properties',
      alice,
      ['alice@example.com', 'undefined'],
    ],
    [
      'what pipes make of the user and of properties',
      '/required/pipes',
      alice,
      ['ALICE@EXAMPLE.COM', 'UNNAMED', ofAlice, alice.userId],
    ],
    ['the user of an optional route', '/optional', bob, [false, bob.userId, 'string', ofBob]],
    ['null without a user, also to pipes', '/optional', null, [true, null, 'undefined', 'nobody']],
    ['null if nothing guards the route', '/unguarded', alice, [true]],
  ])('return %s', async (_what, path, user, answer) => {
    await request(url, user).get(path).expect(200, answer);
  });

  it.each<[string, TestUser | null, (string | null)[]]>([
    ['/required/seen', alice, [alice.userId, alice.userId]],
    ['/optional', null, [null]],
  ])('return the same in later guards and in interceptors: %s', async (path, user, expected) => {
    await request(url, user).get(path).expect(200);
    expect(seen).toEqual(expected);
  });

  it('return the caller’s own user in many concurrent requests', async () => {
    const people = [alice, bob, null, alice, null, bob, alice, bob];
    const answers = await Promise.all(
      people.map(async (user) => (await request(url, user).get('/optional')).body as unknown[]),
    );
    expect(answers.map(([, userId]) => userId)).toEqual(people.map((user) => user?.userId ?? null));
  });
});
