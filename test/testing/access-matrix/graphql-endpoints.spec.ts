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
    const app = await startGraphqlMatrix(
      {
        imports: [
          StaffModule,
          AllModule,
          graphqlModule({ path: 'staff', include: [StaffModule] }),
          graphqlModule({ path: '/all', include: [AllModule], useGlobalPrefix: true }),
        ],
      },
      { guard: { canActivate: () => true }, prepare: (made) => made.setGlobalPrefix('api') },
    );
    const anonymous = 'allows a caller without credentials.';
    const findings = (await findingsIn(app)).filter((finding) => finding.includes(anonymous));
    expect(findings).toEqual([
      `Query.staff at /staff (StaffResolver.staff) ${anonymous}`,
      `Query.staff at /api/all (StaffResolver.staff) ${anonymous}`,
    ]);
  });
});
