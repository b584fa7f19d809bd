import { Controller, Delete, Get, Post } from '@nestjs/common';
import { Mutation, Query, Resolver } from '@nestjs/graphql';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import {
  OptionalUser,
  RequireApiKey,
  RequireUser,
  RequireUserOrApiKey,
  tokenFromCookie,
} from 'nestjs-propelauth';
import { expectAccess } from 'nestjs-propelauth/testing';
import { graphqlModule } from '../../support/graphql.js';
import { startMatrixApplication } from '../../support/access-matrix.js';

@Controller()
class CookiesController {
  @Get('required')
  @RequireUser()
  required() {}

  @Delete('own')
  @RequireUser({ tokenSource: tokenFromCookie('own') })
  own() {}

  @Post('optional')
  @OptionalUser()
  optional() {}

  @Post('script')
  @RequireApiKey()
  script() {}

  @Post('either')
  @RequireUserOrApiKey()
  either() {}
}

@Resolver()
class CookiesResolver {
  @Query(() => String, { nullable: true })
  @RequireUser()
  me() {
    return null;
  }

  @Mutation(() => String, { nullable: true })
  @RequireUser()
  change() {
    return null;
  }
}

@WebSocketGateway()
class CookiesGateway {
  @SubscribeMessage('me')
  @RequireUser()
  me() {}
}

describe('toHold()', () => {
  it('sends the access token in the cookie that tokenFromCookie() reads, over every transport', async () => {
    const { app } = await startMatrixApplication({
      module: { tokenSource: tokenFromCookie('session') },
      imports: [graphqlModule()],
      controllers: [CookiesController],
      providers: [CookiesResolver, CookiesGateway],
    });
    await expectAccess(app).toHold();
  });
});
