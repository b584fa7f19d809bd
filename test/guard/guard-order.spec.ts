import {
  Controller,
  Get,
  UseGuards,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { getCurrentUser, RequireUser } from 'nestjs-propelauth';
import type { RunningApplication } from '../support/application.js';
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

describe('Another guard', () => {
  let application: RunningApplication;

  async function start(requireUserByDefault: boolean) {
    application = await startGuarded(
      { controllers: [BelowClassController, HandlerController, ClassController, MixedController] },
      { requireUserByDefault },
    );
  }

  beforeEach(() => {
    seen = [];
  });

  async function expectToSee(path: string, caller: string | null) {
    await request(application.url, alice).get(path).expect(200);
    expect(seen).toEqual([caller]);
  }

  it('knows the caller above the decorators of its handler', async () => {
    await start(false);
    await expectToSee('/handler/above', 'user-alice');
  });

  it('knows the caller below the decorators of its handler', async () => {
    await start(false);
    await expectToSee('/handler/below', 'user-alice');
  });

  it('knows the caller with the decorators on the class', async () => {
    await start(false);
    await expectToSee('/class', 'user-alice');
  });

  it.each(['/class/below', '/mixed'])(
    'on the class knows the caller in any order of decorators: %s',
    async (path) => {
      await start(false);
      await expectToSee(path, 'user-alice');
    },
  );

  it('knows the caller in any position under requireUserByDefault', async () => {
    await start(true);
    await expectToSee('/handler/below', 'user-alice');
  });

  it.each(['/handler/above', '/class'])('does not run for rejected requests: %s', async (path) => {
    await start(false);
    await request(application.url).get(path).expect(401);
    expect(seen).toEqual([]);
  });
});
