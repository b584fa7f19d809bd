import {
  Controller,
  Get,
  UseGuards,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { getCurrentUser, RequireUser } from 'nestjs-propelauth';
import { beforeTests } from '../support/application.js';
import { request, startGuarded } from '../support/guarded-application.js';
import { alice } from '../support/project.js';

let seen: (string | null)[] = [];

/** As a throttler, who wants to know for whom to count. */
class SeeingGuard implements CanActivate {
  canActivate(context: ExecutionContext) {
    seen.push(getCurrentUser(context)?.userId ?? null);
    return true;
  }
}

@Controller('handler')
class HandlerController {
  @Get('above')
  @UseGuards(SeeingGuard)
  @RequireUser()
  above() {
    return {};
  }

  @Get('below')
  @RequireUser()
  @UseGuards(SeeingGuard)
  below() {
    return {};
  }
}

@Controller('class')
@RequireUser()
class ClassController {
  @Get()
  @UseGuards(SeeingGuard)
  show() {
    return {};
  }
}

@Controller('class/below')
@RequireUser()
@UseGuards(SeeingGuard)
class BelowClassController {
  @Get()
  show() {
    return {};
  }
}

@Controller('mixed')
@UseGuards(SeeingGuard)
class MixedController {
  @Get()
  @RequireUser()
  show() {
    return {};
  }
}

const controllers = [BelowClassController, HandlerController, ClassController, MixedController];

describe('Another guard', () => {
  const application = beforeTests(() => startGuarded({ controllers }));
  const byDefault = beforeTests(() =>
    startGuarded({ controllers }, { requireUserByDefault: true }),
  );

  beforeEach(() => {
    seen = [];
  });

  it.each([
    ['above the decorators of its handler', '/handler/above'],
    ['below the decorators of its handler', '/handler/below'],
    ['below decorators on the class', '/class'],
    ['on the class, below its decorators', '/class/below'],
    ['on the class, of a handler with decorators', '/mixed'],
  ])('knows the caller, also under requireUserByDefault: %s', async (_where, path) => {
    for (const { url } of [application, byDefault]) {
      await request(url, alice).get(path).expect(200);
    }
    expect(seen).toEqual(['user-alice', 'user-alice']);
  });

  it.each(['/handler/above', '/class'])('does not run for rejected requests: %s', async (path) => {
    await request(application.url).get(path).expect(401);
    expect(seen).toEqual([]);
  });
});
