import type { ExecutionContext } from '@nestjs/common';
import { Query, Resolver } from '@nestjs/graphql';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import type { IncomingMessage } from 'node:http';
import { RequireUser } from 'nestjs-propelauth';
import { expectAccess } from 'nestjs-propelauth/testing';
import { messageOf, startHeldApplication } from '../../support/access-matrix.js';
import { graphqlModule } from '../../support/graphql.js';

/** As Apollo and Mercurius make it. */
interface ContextValue {
  readonly req?: IncomingMessage;
  readonly reply?: { readonly request: IncomingMessage };
}

it('toHold() does not print a token that the application repeats in an error', async () => {
  @Resolver()
  class ReportsResolver {
    @Query(() => String)
    @RequireUser()
    reports() {
      return '';
    }
  }
  const { app } = await startHeldApplication({
    imports: [graphqlModule()],
    providers: [ReportsResolver],
    prepare: (created) =>
      created.useGlobalGuards({
        canActivate(context: ExecutionContext) {
          const { req, reply } = context.getArgByIndex<ContextValue>(2);
          throw new Error(`No entry for ${(req ?? reply?.request)?.headers.authorization}`);
        },
      }),
  });
  const review = await messageOf(expectAccess(app).toHold());
  expect(review).toContain('No entry for Bearer …');
  expect(review).not.toMatch(/Bearer ey/u);
});

describe('toHold() says what to look at', () => {
  it('where two resolvers have the same operation', async () => {
    @Resolver()
    class FirstResolver {
      @Query(() => String)
      @RequireUser()
      me() {}
    }
    @Resolver()
    class SecondResolver {
      @Query(() => String)
      @RequireUser()
      me() {}
    }
    const { app } = await startHeldApplication({
      imports: [graphqlModule()],
      providers: [FirstResolver, SecondResolver],
    });
    expect(await messageOf(expectAccess(app).toHold())).toMatch(
      /Query\.me \(FirstResolver\.me\) is not reached: SecondResolver\.me answers instead\.\n.*\n {2}Both have the same name/u,
    );
  });

  it('where a guard in front of the rule of an event throws', async () => {
    @WebSocketGateway()
    class EventsGateway {
      @SubscribeMessage('list')
      @RequireUser()
      list() {}
    }
    const { app } = await startHeldApplication({
      providers: [EventsGateway],
      prepare: (created) =>
        created.useGlobalGuards({
          canActivate() {
            throw new Error('No tenant');
          },
        }),
    });
    expect(await messageOf(expectAccess(app).toHold())).toContain(
      'event list (EventsGateway.list) returns 500 (Error: No tenant) before its guard decides',
    );
  });
});
