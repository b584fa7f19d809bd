import { jest } from '@jest/globals';
import {
  Catch,
  Controller,
  HttpException,
  Injectable,
  IntrinsicException,
  Logger,
  Scope,
  UseFilters,
  UseGuards,
  type ExceptionFilter,
  type Type,
} from '@nestjs/common';
import { EventPattern, MessagePattern } from '@nestjs/microservices';
import {
  activeOrg,
  PropelAuthModule,
  PropelAuthUnauthorizedException,
  RequireOrgMember,
  RequireUser,
} from 'nestjs-propelauth';
import { until } from '../../support/fake-timers.js';
import { issuer } from '../../support/guarded-application.js';
import { alice } from '../../support/project.js';
import { startHybrid, startMicroservice, type MessageClient } from '../../support/microservice.js';
import { RecordingLogger } from '../../support/recording-logger.js';
import { tokenFromMessage } from './guarded.messages.js';

@Controller()
class OrdersController {
  @EventPattern('order.paid')
  @RequireUser()
  onPaid(_order: object) {}

  @EventPattern({ order: 'sent' })
  @RequireOrgMember({ org: activeOrg() })
  onSent(_order: object) {}

  @MessagePattern('order')
  @RequireUser()
  order() {
    return 'an order';
  }
}

@Controller()
class BoundController extends OrdersController {
  constructor() {
    super();
    this.onPaid = this.onPaid.bind(this);
  }
}

@Controller({ scope: Scope.REQUEST })
class ScopedController extends OrdersController {}

/** Messages of one connection are taken in order: after the answer to the last one all events have been seen. */
async function untilSeen(client: MessageClient): Promise<void> {
  const accessToken = await issuer.accessToken(alice);
  expect(await client.send('order', { accessToken })).toBe('an order');
}

describe.each([
  ['a microservice', startMicroservice],
  ['a hybrid application', startHybrid],
])('A rejected event of %s', (_what, startOne) => {
  let logger: RecordingLogger;

  async function start(controller: Type): Promise<MessageClient> {
    const client = await startOne({
      imports: [
        PropelAuthModule.forRoot({ ...issuer.moduleOptions, tokenSource: tokenFromMessage }),
      ],
      controllers: [controller],
    });
    // After the start, which turns the logger off.
    logger = new RecordingLogger();
    Logger.overrideLogger(logger);
    return client;
  }

  const written = () => logger.lines.filter(({ level }) => level !== 'debug');

  it.each([
    ['a controller', OrdersController],
    ['a controller that binds its methods', BoundController],
    ['a controller that is made for each event', ScopedController],
  ])('is one line, which names the handler, the event and the reason: %s', async (_kind, type) => {
    const client = await start(type);
    await client.emit('order.paid', { secret: 'PAYLOAD' });
    await untilSeen(client);
    expect(written()).toEqual([
      {
        level: 'warn',
        text: expect.stringMatching(
          new RegExp(
            `^event order\\.paid \\(${type.name}\\.(bound )?onPaid\\) rejected: 401 token_missing\\. Requires: user `,
          ),
        ) as unknown,
      },
    ]);
    expect(logger.text).not.toContain('PAYLOAD');
  });

  it('is one line a minute for each handler and reason, with how many were left out', async () => {
    const clock = jest.spyOn(performance, 'now').mockReturnValue(0);
    const client = await start(OrdersController);
    const accessToken = await issuer.accessToken(alice, { claims: { exp: 1_000_000_000 } });
    const emitAll = async () => {
      for (let time = 0; time < 3; time++) {
        await client.emit('order.paid', {});
        await client.emit('order.paid', { accessToken });
        await client.emit({ order: 'sent' }, { accessToken: await issuer.accessToken(alice) });
      }
    };
    // Tokens are verified at their own pace. What is left out of the warnings is in the log at debug level.
    const untilRejected = (count: number) => until(() => logger.lines.length === count);
    await emitAll();
    await untilRejected(9);
    expect(
      written()
        .map(({ text }) => text)
        .toSorted(),
    ).toEqual([
      expect.stringMatching(/^event order\.paid .* 401 token_expired\./),
      expect.stringMatching(/^event order\.paid .* 401 token_missing\./),
      expect.stringMatching(/^event {"order":"sent"} .* 403 org_missing\./),
    ]);
    clock.mockReturnValue(60_000);
    await emitAll();
    await untilRejected(18);
    expect(written()).toHaveLength(6);
    expect(written()[3]?.text).toContain('(identical lines left out: 2)');
    expect(logger.text).not.toContain(accessToken.split('.')[1]);
  });

  it('leaves the error of a message as it is: in its answer, and not in the log', async () => {
    const client = await start(OrdersController);
    expect(await client.refusalOf('order', {})).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(written()).toEqual([]);
  });

  it('reaches exception filters as an IntrinsicException with the reason, and no filter for HTTP requests', async () => {
    const caught: unknown[] = [];
    @Catch(HttpException)
    class HttpFilter implements ExceptionFilter {
      catch = () => caught.push('by the filter for HTTP requests');
    }
    @Catch(IntrinsicException)
    class EventFilter implements ExceptionFilter {
      catch = ({ cause }: Error) => caught.push(cause);
    }
    @Controller()
    @UseFilters(HttpFilter, EventFilter)
    class FilteredController extends OrdersController {}
    const client = await start(FilteredController);
    await client.emit('order.paid', {});
    await untilSeen(client);
    expect(caught).toEqual([expect.any(PropelAuthUnauthorizedException)]);
    expect(caught).toMatchObject([{ reason: 'token_missing' }]);
  });

  it('is logged by Nest where the application itself fails, such as a guard of its own', async () => {
    @Injectable()
    class BrokenGuard {
      canActivate(): boolean {
        throw new Error('broken guard');
      }
    }
    @Controller()
    class BrokenController extends OrdersController {
      @EventPattern('order.lost')
      @UseGuards(BrokenGuard)
      @RequireUser()
      onLost(_order: object) {}
    }
    const client = await start(BrokenController);
    await client.emit('order.lost', { accessToken: await issuer.accessToken(alice) });
    await untilSeen(client);
    expect(written()).toEqual([
      { level: 'error', text: expect.stringContaining('broken guard') as unknown },
    ]);
  });
});
