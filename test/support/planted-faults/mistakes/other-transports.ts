import { Controller } from '@nestjs/common';
import { Field, ObjectType, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { MessagePattern } from '@nestjs/microservices';
import { SubscribeMessage, WebSocketGateway, type OnGatewayConnection } from '@nestjs/websockets';
import { activeOrg, Public, RequireOrgRole, RequireUser } from 'nestjs-propelauth';
import type { Socket } from 'socket.io';
import type { RunningApplication } from '../../application.js';
import { graphqlModule, send } from '../../graphql.js';
import { issuer } from '../../guarded-application.js';
import { connectLate } from '../../microservice.js';
import { headersOf, type KnownUser } from '../../project.js';
import { connectSocketIo } from '../../websockets.js';
import { SECRET, type Mistake } from './mistake.js';

@ObjectType()
class Ledger {
  @Field()
  name!: string;
}

@Resolver()
class ReportsResolver {
  @Query(() => String)
  reports() {
    return SECRET;
  }
}

@Resolver(() => Ledger)
class LedgersResolver {
  @Query(() => Ledger)
  @Public()
  ledger() {
    return { name: 'ledger' };
  }

  @ResolveField(() => String)
  reports() {
    return SECRET;
  }
}

@Resolver(() => Ledger)
class GuardedLedgersResolver extends LedgersResolver {
  @ResolveField(() => String)
  @RequireOrgRole('Admin', { org: activeOrg() })
  override reports() {
    return SECRET;
  }
}

@WebSocketGateway()
class ReportsGateway {
  @SubscribeMessage('reports')
  reports() {
    return { event: 'reports', data: SECRET };
  }
}

/** Sends something to whoever connects. */
@WebSocketGateway()
class GreetingGateway implements OnGatewayConnection {
  handleConnection(client: Socket) {
    client.emit('reports', SECRET);
  }

  @SubscribeMessage('reports')
  @RequireUser()
  reports() {
    return { event: 'reports', data: SECRET };
  }
}

@Controller()
class ReportsMessages {
  @MessagePattern('reports')
  list() {
    return SECRET;
  }
}

const asks =
  (query: string) =>
  async (application: RunningApplication, user: KnownUser | null): Promise<string> =>
    JSON.stringify(await send(application, query, await headersOf(issuer, user)));

/** Mistakes in GraphQL, gateways and messages. */
export const MISTAKES_OF_OTHER_TRANSPORTS: readonly Mistake[] = [
  {
    what: 'a GraphQL query without an access decorator',
    plant: () => ({ imports: [graphqlModule()], providers: [ReportsResolver] }),
    handler: 'Query.reports',
    meant: 'user',
    intruder: null,
    ask: asks('{ reports }'),
    result: 'unauthorized access',
    notices: ['–', 'finds', 'shows'],
  },
  {
    what: 'a GraphQL field without an access decorator, below a public query',
    plant: () => ({ imports: [graphqlModule()], providers: [LedgersResolver] }),
    handler: 'Ledger.reports',
    intruder: null,
    ask: asks('{ ledger { reports } }'),
    result: 'unauthorized access',
    notices: ['–', '–', 'shows'],
  },
  {
    what: "a rule on a GraphQL field, without `fieldResolverEnhancers: ['guards']`",
    plant: () => ({
      imports: [graphqlModule({ fieldResolverEnhancers: [] })],
      providers: [GuardedLedgersResolver],
    }),
    handler: 'Ledger.reports',
    intruder: null,
    result: 'does not start',
    notices: ['fails', '–', '–'],
  },
  {
    what: 'a gateway event without an access decorator',
    plant: () => ({ providers: [ReportsGateway] }),
    handler: 'event reports',
    meant: 'user',
    intruder: null,
    ask: async (application) =>
      JSON.stringify(await connectSocketIo(application).ask('reports', {})),
    result: 'unauthorized access',
    notices: ['–', 'finds', 'shows'],
  },
  {
    what: 'a gateway that sends data when a client connects',
    plant: () => ({ providers: [GreetingGateway] }),
    handler: 'event reports',
    meant: 'user',
    intruder: null,
    ask: async (application) => JSON.stringify(await connectSocketIo(application).next()),
    result: 'unauthorized access',
    notices: ['–', '–', '–'],
    advice:
      'Call `authenticateConnection()` in `handleConnection()`, and send only if it returns a user.',
  },
  {
    what: 'a message handler without an access decorator',
    plant: () => ({ controllers: [ReportsMessages] }),
    handler: 'message reports',
    meant: 'user',
    intruder: null,
    ask: async ({ app }) =>
      JSON.stringify(await (await connectLate(app)).rejectionOf('reports', {})),
    result: 'unauthorized access',
    notices: ['–', 'finds', 'shows'],
  },
];
