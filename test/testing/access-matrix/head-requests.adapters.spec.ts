import { Controller, Get, Head, Injectable, type ExecutionContext } from '@nestjs/common';
import { PropelAuthGuard, Public, RequireUser } from 'nestjs-propelauth';
import { expectAccess } from 'nestjs-propelauth/testing';
import type { IncomingMessage } from 'node:http';
import { messageOf, startMatrixApplication } from '../../support/access-matrix.js';

const ran: string[] = [];

@Controller()
class MeController {
  @Get('me')
  @RequireUser()
  me() {
    ran.push('me');
  }

  @Get('health')
  @Public()
  health() {
    ran.push('health');
  }
}

/** What looks like a request that reads nothing. */
@Injectable()
class LetsInHead extends PropelAuthGuard {
  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const { method } = context.switchToHttp().getRequest<IncomingMessage>();
    return method === 'HEAD' || ((await super.canActivate(context)) as boolean);
  }
}

describe('toHold()', () => {
  it('finds a GET route that a caller without credentials reaches with HEAD', async () => {
    const { app } = await startMatrixApplication({
      controllers: [MeController],
      override: (builder) => builder.overrideProvider(PropelAuthGuard).useClass(LetsInHead),
    });
    const [, ...paragraphs] = (await messageOf(expectAccess(app).toHold())).split('\n\n');
    expect(paragraphs).toHaveLength(1);
    expect(paragraphs[0]).toContain(
      'HEAD /me (MeController.me) allows a caller without credentials.\n',
    );
    expect(ran).toEqual([]);
  });

  it('passes if HEAD is a route of its own', async () => {
    @Controller()
    class SizeController {
      @Head('me')
      @Public()
      size() {
        ran.push('size');
      }
    }
    const { app } = await startMatrixApplication({
      controllers: [SizeController, MeController],
    });
    await expectAccess(app).toHold();
    expect(ran).toEqual([]);
  });
});
