import { Logger, type CallHandler, type NestInterceptor } from '@nestjs/common';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { Query, ResolveField, Resolver, Subscription } from '@nestjs/graphql';
import { firstValueFrom, of } from 'rxjs';
import { DeciderSetup } from '../../test/guard/decider-setup.js';
import { fake } from '../../test/support/fake.js';
import { stopLogClock } from '../../test/support/fake-timers.js';
import { RecordingLogger } from '../../test/support/recording-logger.js';
import { Decision, type Identified } from '../decision/decision.js';
import { findCaller, findDecision } from '../decision/kept-decisions.js';
import type { OpenStream, OpenStreams } from '../transports/open-streams.js';
import { callOf as callOfContext } from '../transports/call-of.js';
import type { CallTools } from '../transports/call-tools.js';
import { prepareResolver } from '../transports/graphql/subscription-streams.js';
import type { ResponsePath } from '../transports/graphql/resolver-arguments.js';
import { keepStreams } from './decided-streams.js';

@Resolver()
class Feed {
  @Query(() => String)
  latest(this: void): void {}
  @Subscription(() => String)
  events(this: void): void {}
  @Subscription(() => String)
  unwatched(this: void): void {}
  @ResolveField(() => String)
  author(this: void): void {}
}

prepareResolver(Feed.prototype.events);

const access = { userId: 'user-alice', orgId: undefined, validUntil: 7 };
const schemaTypes = { query: {}, mutation: {}, subscription: {}, event: {} };
const schema = {
  getQueryType: () => schemaTypes.query,
  getMutationType: () => schemaTypes.mutation,
  getSubscriptionType: () => schemaTypes.subscription,
};

/** Where a field of the root type is in a response. */
const rootPath = (): ResponsePath => ({ key: 'field', prev: undefined, typename: 'Query' });

/** A call of a field, of a root type or below another. */
function callOf(
  handler: () => void,
  parentType: object,
  path = rootPath(),
  operation = {},
): ExecutionContextHost {
  const info = { fieldNodes: [], path, parentType, operation, schema, variableValues: {} };
  const context = new ExecutionContextHost([{}, {}, { req: { headers: {} } }, info], Feed, handler);
  context.setType('graphql');
  return context;
}

/** Streams that keep what is added to them. */
function setUp(debugMode = false) {
  const added: OpenStream[] = [];
  const tools = fake<CallTools>({
    debugMode,
    streams: fake<OpenStreams>({
      now: 42,
      endOf: () => undefined,
      add: (stream) => {
        added.push(stream);
        return () => {};
      },
    }),
  });
  const letIn = (context: ExecutionContextHost) => {
    const decision = new Decision(callOfContext(context));
    decision.identified = fake<Identified>({ access });
    keepStreams(decision, tools);
    return context;
  };
  return { added, letIn };
}

/** Begins a subscription that was let in, and says what its client gets once its access has ended. */
async function begin(context: ExecutionContextHost): Promise<AsyncIterator<unknown>> {
  const [interceptor] = Reflect.getMetadata('__interceptors__', context.getHandler()) as [
    NestInterceptor,
  ];
  const source = { next: () => new Promise(() => {}), [Symbol.asyncIterator]: () => source };
  const next = { handle: () => of(source) } as CallHandler;
  return firstValueFrom(await interceptor.intercept(context, next)) as Promise<
    AsyncIterator<unknown>
  >;
}

describe('An allowed subscription', () => {
  it.each([
    [true, 'Token expired'],
    [false, 'Unauthorized'],
  ])(
    'ends with the access of its user, and includes the reason only in debug mode: %s',
    async (debugMode, words) => {
      const { added, letIn } = setUp(debugMode);
      const events = await begin(letIn(callOf(Feed.prototype.events, schemaTypes.subscription)));
      expect(added).toEqual([
        expect.objectContaining({ userId: 'user-alice', orgIds: new Set(), validUntil: 7 }),
      ]);
      const next = events.next();
      added[0]?.end('token_expired');
      await expect(next).rejects.toMatchObject({ message: expect.stringContaining(words) });
    },
  );

  it('is rejected if it could not be ended later, and the log says why', () => {
    stopLogClock();
    const log = new RecordingLogger();
    Logger.overrideLogger(log);
    const { letIn } = setUp();
    expect(() => letIn(callOf(Feed.prototype.unwatched, schemaTypes.subscription))).toThrow(
      expect.objectContaining({ status: 500 }),
    );
    expect(log.of('error')).toEqual([
      expect.stringMatching(
        /^Feed replaces the method of a subscription .* return 500: .* Remove this\.method = /,
      ),
    ]);
  });

  it.each([
    ['query', schemaTypes.query, Feed.prototype.latest],
    ['field', schemaTypes.event, Feed.prototype.author],
  ])('is not tracked if it is a %s, which ends by itself', (_what, parentType, handler) => {
    const { added, letIn } = setUp();
    expect(() => letIn(callOf(handler, parentType))).not.toThrow();
    expect(added).toEqual([]);
  });
});

describe('A field without a rule', () => {
  const path = rootPath();
  const root = () => callOf(Feed.prototype.latest, schemaTypes.query, path);
  const field = (prev = path, document = {}) => {
    const below = { key: 'field', prev, typename: 'Event' };
    return callOf(Feed.prototype.author, schemaTypes.event, below, document);
  };

  it('has the caller of the allowed operation, and no decision', async () => {
    const undecided = new DeciderSetup({ isExplicit: false });
    await undecided.call(field(rootPath()));
    expect(undecided.steps).toContain('caller');

    const operation = root();
    await new DeciderSetup({}).call(operation);
    const setup = new DeciderSetup({ isExplicit: false });
    const context = field();
    expect(await setup.call(context)).toEqual({});
    expect(setup.steps).toEqual([]);
    expect(findCaller(context)).toBe(findDecision(operation));
  });

  it('below an event of a subscription has no decision and no caller', async () => {
    const document = {};
    await new DeciderSetup({}).call(
      callOf(Feed.prototype.events, schemaTypes.subscription, rootPath(), document),
    );
    const setup = new DeciderSetup({ isExplicit: false });
    const context = field(rootPath(), document);
    expect(await setup.call(context)).toEqual({});
    expect(setup.steps).toEqual([]);
    expect(findCaller(context)).toBeUndefined();
  });

  it('does not allow a field with a rule', async () => {
    await new DeciderSetup({}).call(root());
    const setup = new DeciderSetup({ isExplicit: true });
    await setup.call(field());
    expect(setup.steps).toContain('caller');
  });
});
