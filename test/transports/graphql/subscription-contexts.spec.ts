import { Injectable, Scope } from '@nestjs/common';
import { Resolver, Subscription } from '@nestjs/graphql';
import { until } from '../../support/fake-timers.js';
import { asInYoga, codesOf, graphqlModule, type Connection } from '../../support/graphql.js';
import { alice, NewsApplication, NewsClient, tokenOf } from './news-application.js';
import { News, NewsDesk } from './news.resolver.js';

function startWith(context: (connection: Connection) => object): Promise<NewsApplication> {
  return NewsApplication.start({}, { imports: [graphqlModule({ context } as object)] });
}

/** The headers that a client would have sent over HTTP. */
function headersOf({ connectionParams }: Connection) {
  return { headers: { authorization: connectionParams?.Authorization } };
}

describe('A subscription ends if the application creates the context of Apollo itself', () => {
  it.each<[string, (connection: Connection) => object]>([
    ['with other data', () => ({ tenant: 'acme' })],
    ['with the connection', (connection) => connection],
    [
      'with headers and the connection',
      (connection) => ({ ...connection, req: headersOf(connection) }),
    ],
    ['as Yoga does', asInYoga],
  ])('%s: the connection closes with 4403', async (_what, context) => {
    const application = await startWith(context);
    const client = new NewsClient(application, tokenOf(alice));
    await application.subscribe(client);
    await application.send('user.role_changed_within_org');
    await until(() => client.connections === 2 && application.openStreams === 1);
    expect(client.closeCodes).toEqual([4403]);
  });
});

@Resolver()
class MadeResolver {
  constructor(readonly desk: NewsDesk) {}

  @Subscription(() => News, { name: 'madeNews', resolve: ([news]: [News]) => news })
  news() {
    return this.desk.news();
  }
}

/** Nest finds nothing on the function that it calls. Under a rule, its calls would be rejected before. */
@Injectable({ scope: Scope.REQUEST })
@Resolver()
class BoundResolver {
  constructor(private readonly desk: NewsDesk) {
    this.boundNews = this.boundNews.bind(this);
  }

  @Subscription(() => News)
  boundNews() {
    return this.desk.news();
  }
}

describe('A subscription', () => {
  it('ends if a factory creates its resolver', async () => {
    const application = await NewsApplication.start(
      { requireUserByDefault: true },
      {
        providers: [
          {
            provide: 'MADE',
            inject: [NewsDesk],
            useFactory: (desk: NewsDesk) => new MadeResolver(desk),
          },
        ],
      },
    );
    const client = new NewsClient(application, tokenOf(alice));
    await application.subscribe(client, 'madeNews { title }');
    await application.send('user.role_changed_within_org');
    await until(() => client.connections === 2 && application.openStreams === 1);
    expect(client.closeCodes).toEqual([4403]);
  });

  it('is rejected if a constructor has replaced its method, so that it could not be ended', async () => {
    const application = await NewsApplication.start(
      { requireUserByDefault: true },
      { providers: [BoundResolver] },
    );
    const client = new NewsClient(application, tokenOf(alice));
    const subscription = await application.subscribe(client, 'boundNews { title }');
    expect(codesOf(subscription)).toEqual(['INTERNAL_SERVER_ERROR']);
  });
});
