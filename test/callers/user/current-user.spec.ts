import {
  Controller,
  createParamDecorator,
  DefaultValuePipe,
  Get,
  Injectable,
  UseGuards,
  UseInterceptors,
  type CallHandler,
  type CanActivate,
  type ExecutionContext,
  type NestInterceptor,
  type PipeTransform,
} from '@nestjs/common';
import { CurrentUser, getCurrentUser, OptionalUser, RequireUser, User } from 'nestjs-propelauth';
import type { TestUser } from 'nestjs-propelauth/testing';
import { request, startGuarded } from '../../support/guarded-application.js';
import { alice, bob } from '../../support/project.js';

@Injectable()
class ShoutPipe implements PipeTransform<string, string> {
  transform(value: string): string {
    return value.toUpperCase();
  }
}

@Injectable()
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

class SeeingInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler) {
    seen.push(getCurrentUser(context)?.userId ?? null);
    return next.handle();
  }
}

class SeeingGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    seen.push(getCurrentUser(context)?.userId ?? null);
    return true;
  }
}

@Controller('required')
@RequireUser()
class RequiredController {
  @Get('user')
  user(@CurrentUser() user: User) {
    return { isUser: user instanceof User, userId: user.userId, email: user.email };
  }

  @Get('property')
  property(@CurrentUser('email') email: string, @CurrentUser('userId') userId: string) {
    return { email, userId };
  }

  @Get('absent-property')
  absentProperty(@CurrentUser('username') username: string | undefined) {
    return { type: typeof username };
  }

  @Get('property-with-pipe')
  propertyWithPipe(@CurrentUser('email', ShoutPipe) email: string) {
    return { email };
  }

  @Get('property-with-pipes')
  propertyWithPipes(
    @CurrentUser('username', new DefaultValuePipe('unnamed'), ShoutPipe) username: string,
  ) {
    return { username };
  }

  @Get('user-with-pipe')
  userWithPipe(@CurrentUser(UserIdPipe) description: string) {
    return { description };
  }

  @Get('pipe-with-context')
  pipeWithContext(@Context(new UserOfContextPipe()) userId: string) {
    return { userId };
  }

  @Get('seen')
  @UseGuards(SeeingGuard)
  @UseInterceptors(SeeingInterceptor)
  seen() {
    return {};
  }
}

@Controller('optional')
@OptionalUser()
class OptionalController {
  @Get('user')
  user(@CurrentUser() user: User | null) {
    return { isNull: user === null, userId: user?.userId };
  }

  @Get('property')
  property(@CurrentUser('email') email: string | undefined) {
    return { type: typeof email };
  }

  @Get('user-with-pipe')
  userWithPipe(@CurrentUser(UserIdPipe) description: string) {
    return { description };
  }

  @Get('seen')
  @UseInterceptors(SeeingInterceptor)
  seen() {
    return {};
  }
}

@Controller('unguarded')
class UnguardedController {
  @Get('user')
  user(@Context() context: ExecutionContext) {
    return { isNull: getCurrentUser(context) === null };
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

  it.each<[string, string, TestUser | null, object]>([
    [
      'the user',
      '/required/user',
      alice,
      { isUser: true, userId: alice.userId, email: 'alice@example.com' },
    ],
    [
      'properties of the user',
      '/required/property',
      alice,
      { email: 'alice@example.com', userId: alice.userId },
    ],
    ['undefined for an absent property', '/required/absent-property', alice, { type: 'undefined' }],
    [
      'the result of a pipe for a property',
      '/required/property-with-pipe',
      alice,
      { email: 'ALICE@EXAMPLE.COM' },
    ],
    [
      'the result of several pipes for a property',
      '/required/property-with-pipes',
      alice,
      { username: 'UNNAMED' },
    ],
    [
      'the result of a pipe for the user',
      '/required/user-with-pipe',
      alice,
      { description: `user of the package: ${alice.userId}` },
    ],
    [
      'the user to a pipe with the context',
      '/required/pipe-with-context',
      alice,
      { userId: alice.userId },
    ],
    ['the user of an optional route', '/optional/user', bob, { isNull: false, userId: bob.userId }],
    ['null for an unauthenticated request', '/optional/user', null, { isNull: true }],
    [
      'undefined for a property of an unauthenticated request',
      '/optional/property',
      null,
      { type: 'undefined' },
    ],
    [
      'null to a pipe for an unauthenticated request',
      '/optional/user-with-pipe',
      null,
      { description: 'nobody' },
    ],
    ['null if nothing guards the route', '/unguarded/user', alice, { isNull: true }],
  ])('return %s', async (_what, path, user, answer) => {
    await request(url, user).get(path).expect(200, answer);
  });

  it('return the user in later guards and in interceptors', async () => {
    await request(url, alice).get('/required/seen').expect(200);
    expect(seen).toEqual([alice.userId, alice.userId]);
  });

  it('return null in an interceptor for an unauthenticated request', async () => {
    await request(url).get('/optional/seen').expect(200);
    expect(seen).toEqual([null]);
  });

  it('return the caller’s own user in many concurrent requests', async () => {
    const people = [alice, bob, null, alice, null, bob, alice, bob];
    const answers = await Promise.all(
      people.map(async (user) => {
        const { body } = await request(url, user).get('/optional/user');
        return body.userId;
      }),
    );
    expect(answers).toEqual(people.map((user) => user?.userId));
  });
});
