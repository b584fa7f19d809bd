import { Controller, Get, Module, type NestModule } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { Query, Resolver } from '@nestjs/graphql';
import { CurrentUser, RequireUser, type User } from 'nestjs-propelauth';
import { codesOf, graphqlModule, send } from '../support/graphql.js';
import { issuer, request, startGuarded } from '../support/guarded-application.js';
import { carol, headersOf } from '../support/project.js';

@Controller()
class ReportsController {
  @Get('list')
  @RequireUser()
  list(@CurrentUser('userId') userId: User['userId']) {
    return userId;
  }
}

/** For its guards, Nest takes the functions of the class; for its parameters, those of the instance. */
@Resolver()
class ReportsResolver {
  @Query(() => String)
  @RequireUser()
  list(@CurrentUser('userId') userId: User['userId']) {
    return `user ${userId}`;
  }
}

/** Replaces handlers after PropelAuthModule has checked them, and before Nest reads them. */
@Module({ controllers: [ReportsController], providers: [ReportsResolver] })
class ReportsModule implements NestModule {
  constructor(private readonly moduleRef: ModuleRef) {}

  configure(): void {
    for (const type of [ReportsController, ReportsResolver]) {
      const one = this.moduleRef.get(type);
      one.list = one.list.bind(one);
    }
  }
}

describe('A function that replaces a handler after the startup checks', () => {
  it('rejects all calls of a route, and gives the parameters of a resolver no caller', async () => {
    const application = await startGuarded({ imports: [ReportsModule, graphqlModule()] });
    for (const user of [null, carol]) {
      expect((await request(application.url, user).get('/list')).status).toBe(500);
    }
    expect(codesOf(await send(application, '{ list }'))).toEqual(['UNAUTHENTICATED']);
    const headers = await headersOf(issuer, carol);
    expect(codesOf(await send(application, '{ list }', headers))).toEqual([
      'INTERNAL_SERVER_ERROR',
    ]);
  });
});
