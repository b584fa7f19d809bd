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
  type TokenSource,
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

@Controller({ scope: Scope.REQUEST })
class ScopedController extends OrdersController {}

/**
 * Waits until an event has had its effect, and for the answer to a later message: whatever else the event does has been done by then.
 * The answer alone says nothing of the event, since each token is verified at its own pace.
 */
async function untilSeen(client: MessageClient, effect: () => unknown): Promise<void> {
  await until(() => Boolean(effect()));
  const accessToken = await issuer.accessToken(alice);
  expect(await client.send('order', { accessToken })).toBe('an order');
}

describe.each([
  ['a microservice', startMicroservice],
  ['a hybrid application', startHybrid],
])('A rejected event of %s', (_what, startOne) => {
  let logger: RecordingLogger;

  async function start(
    controller: Type,
    tokenSource: TokenSource = tokenFromMessage,
  ): Promise<MessageClient> {
    decisions = 0;
    const onDecision = () => void decisions++;
    const client = await startOne({
      imports: [PropelAuthModule.forRoot({ ...issuer.moduleOptions, tokenSource, onDecision })],
      controllers: [controller],
    });
    // After the start, which turns the logger off.
    logger = new RecordingLogger();
    Logger.overrideLogger(logger);
    return client;
  }

  const written = () => logger.lines.filter(({ level }) => level !== 'debug');
  /** How many decisions `onDecision` was told of: the log leaves out lines, and tokens are verified at their own pace. */
  let decisions = 0;
  const untilDecided = (count: number) => until(() => decisions === count);

  it.each([
    ['a controller', OrdersController],
    ['a request-scoped controller', ScopedController],
  ])('logs one line, with the handler, the event and the reason: %s', async (_kind, type) => {
    const client = await start(type);
    await client.emit('order.paid', { secret: 'PAYLOAD' });
    await untilSeen(client, () => written().length);
    const prefix = `event order.paid (${type.name}.onPaid) rejected: 401 token_missing. Requires: user `;
    expect(written().map(({ level, text }) => [level, text.slice(0, prefix.length)])).toEqual([
      ['warn', prefix],
    ]);
    expect(logger.text).not.toContain('PAYLOAD');
  });

  it('logs one line a minute for each handler and reason, with the number of suppressed lines', async () => {
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
    await emitAll();
    await untilDecided(9);
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
    await untilDecided(18);
    expect(written()).toHaveLength(6);
    expect(written()[3]?.text).toContain('(identical lines left out: 2)');
    expect(logger.text).not.toContain(accessToken.split('.')[1]);
    // Nest's own logger shows debug lines, unless it is told otherwise.
    expect(logger.of('debug')).toEqual([]);
  });

  it.each<[string, TokenSource, string]>([
    [
      'throws because of data from the sender',
      (context) => JSON.parse(context.switchToRpc().getData<{ text: string }>().text) as string,
      '"x\\n\\u001b[31mFAKE" is not valid JSON',
    ],
    [
      'throws a value that is not an error',
      () => {
        // oxlint-disable-next-line typescript/only-throw-error -- as an application may
        throw 'a string\u001b[31m';
      },
      'a string\\u001b[31m',
    ],
    [
      'returns a promise',
      (() => Promise.reject(new Error('late'))) as unknown as TokenSource,
      'returned a promise',
    ],
  ])('logs one error a minute for a tokenSource that %s', async (_fault, source, message) => {
    const clock = jest.spyOn(performance, 'now').mockReturnValue(0);
    const client = await start(OrdersController, source);
    const emitAll = async () => {
      for (let time = 0; time < 3; time++) {
        await client.emit('order.paid', { text: 'x\n\u001b[31mFAKE' });
        await client.emit({ order: 'sent' }, { text: 'x\n\u001b[31mFAKE' });
      }
    };
    await emitAll();
    await untilDecided(6);
    expect(logger.lines.map(({ level }) => level)).toEqual(['error', 'error']);
    expect(logger.text).toContain('event order.paid (OrdersController.onPaid) rejected: ');
    expect(logger.text).toContain('event {"order":"sent"} (OrdersController.onSent) rejected: ');
    for (const { text } of logger.lines) expect(text).toContain(message);
    expect(logger.text).not.toContain('\u001b');
    clock.mockReturnValue(60_000);
    await emitAll();
    await untilDecided(12);
    expect(logger.lines).toHaveLength(4);
    expect(logger.lines[2]?.text).toContain('(identical lines left out: 2)');
  });

  it('logs one error a minute for an organization source that throws, and filters get the error as the cause', async () => {
    const caught: unknown[] = [];
    @Catch()
    class EveryFilter implements ExceptionFilter {
      catch = (exception: unknown) => void caught.push(exception);
    }
    @Controller()
    @UseFilters(EveryFilter)
    class FailingController extends OrdersController {
      @EventPattern('order.moved')
      @RequireOrgMember({ org: () => Promise.reject(new RangeError('no such order')) })
      onMoved(_order: object) {}
    }
    const client = await start(FailingController);
    const accessToken = await issuer.accessToken(alice);
    for (let time = 0; time < 3; time++) await client.emit('order.moved', { accessToken });
    await until(() => caught.length === 3);
    expect(caught[0]).toBeInstanceOf(IntrinsicException);
    expect((caught[0] as Error).cause).toEqual(new RangeError('no such order'));
    expect(logger.lines).toEqual([
      {
        level: 'error',
        text: expect.stringMatching(
          /^event order\.moved \(FailingController\.onMoved\) rejected: no such order .*\n +at /,
        ) as unknown,
      },
    ]);
  });

  it('with an error is logged however many different errors came before, within a limit', async () => {
    const client = await start(OrdersController, (context) => {
      const { text } = context.switchToRpc().getData<{ text?: string }>();
      if (text !== undefined) throw new Error(text);
      return undefined;
    });
    for (let text = 0; text < 150; text++) await client.emit('order.paid', { text: `${text}` });
    await client.emit('order.paid', {});
    await untilDecided(151);
    expect(logger.of('error')).toHaveLength(100);
    expect(logger.of('warn')).toEqual([expect.stringContaining('401 token_missing')]);
  });

  it('does not change the error of a message, which is in its response and not in the log', async () => {
    const client = await start(OrdersController);
    expect(await client.rejectionOf('order', {})).toMatchObject({ code: 'UNAUTHENTICATED' });
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
    await untilSeen(client, () => caught.length);
    expect(caught).toEqual([expect.any(PropelAuthUnauthorizedException)]);
    expect(caught).toMatchObject([{ reason: 'token_missing' }]);
  });

  it('is logged by Nest if the application itself fails, for example in its own guard', async () => {
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
    await untilSeen(client, () => written().length);
    expect(written()).toEqual([
      { level: 'error', text: expect.stringContaining('broken guard') as unknown },
    ]);
  });
});
