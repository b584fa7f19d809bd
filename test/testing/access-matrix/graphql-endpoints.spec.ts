import type { Server } from 'node:http';
import { Module } from '@nestjs/common';
import { Query, Resolver } from '@nestjs/graphql';
import { Test } from '@nestjs/testing';
import { OptionalUser, PropelAuthModule, RequireUser } from 'nestjs-propelauth';
import { overridePropelAuth, TestIssuer } from 'nestjs-propelauth/testing';
import { registerCleanup } from '../../support/clean-up.js';
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

describe('toHold() of an application that does not listen', () => {
  it('calls GraphQL operations, and leaves the server unchanged', async () => {
    const issuer = await TestIssuer.create();
    const builder = Test.createTestingModule({
      imports: [PropelAuthModule.forRoot(issuer.moduleOptions), AllModule, graphqlModule()],
    });
    const moduleRef = await overridePropelAuth(builder, { issuer }).compile();
    const app = moduleRef.createNestApplication({ logger: false });
    registerCleanup(() => app.close());
    await app.init();
    expect(await findingsIn(app)).toEqual([]);
    expect((app.getHttpServer() as Server).listening).toBe(false);
  });
});
