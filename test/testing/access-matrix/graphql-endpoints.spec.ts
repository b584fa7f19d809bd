import type { IncomingMessage } from 'node:http';
import { Module } from '@nestjs/common';
import { Query, Resolver } from '@nestjs/graphql';
import { OptionalUser, RequireUser } from 'nestjs-propelauth';
import { graphqlModule } from '../../support/graphql.js';
import { findingsIn, ran, startGraphqlMatrix } from './graphql-applications.js';

@Resolver()
class StaffResolver {
  @Query(() => String)
  @RequireUser()
  staff() {
    return String(ran.push('staff'));
  }
}

@Resolver()
class GuestsResolver {
  @Query(() => String)
  @OptionalUser()
  guests() {
    return String(ran.push('guests'));
  }
}

@Module({ providers: [StaffResolver] })
class StaffModule {}

@Module({ providers: [GuestsResolver] })
class GuestsModule {}

@Module({ imports: [StaffModule, GuestsModule] })
class AllModule {}

describe('toHold() of several GraphQLModules', () => {
  it('calls a resolver at each endpoint whose schema has it', async () => {
    const paths = new Set<string | undefined>();
    const app = await startGraphqlMatrix(
      {
        imports: [
          StaffModule,
          AllModule,
          graphqlModule({ path: 'staff', include: [StaffModule] }),
          graphqlModule({ path: '/all', include: [AllModule], useGlobalPrefix: true }),
        ],
      },
      {
        guard: { canActivate: () => true },
        prepare(made) {
          made.setGlobalPrefix('api');
          made.use((request: IncomingMessage, _response: unknown, next: () => void) => {
            paths.add(request.url);
            next();
          });
        },
      },
    );
    const anonymous = 'allows a caller without credentials.';
    expect(await findingsIn(app)).toContain(`Query.staff (StaffResolver.staff) ${anonymous}`);
    expect(paths).toEqual(new Set(['/staff', '/api/all']));
  });
});
