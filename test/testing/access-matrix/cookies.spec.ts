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
import { classOf } from '../../support/routes.js';

const controller = classOf('CookiesController', [Controller()], {
  required: [Get('required'), RequireUser()],
  own: [Delete('own'), RequireUser({ tokenSource: tokenFromCookie('own') })],
  optional: [Post('optional'), OptionalUser()],
  script: [Post('script'), RequireApiKey()],
  either: [Post('either'), RequireUserOrApiKey()],
});

const text = () => String;
const resolver = classOf('CookiesResolver', [Resolver()], {
  me: [Query(text, { name: 'me', nullable: true }), RequireUser()],
  change: [Mutation(text, { name: 'change', nullable: true }), RequireUser()],
});

const gateway = classOf('CookiesGateway', [WebSocketGateway()], {
  me: [SubscribeMessage('me'), RequireUser()],
});

describe('toHold()', () => {
  it('sends the access token in the cookie that tokenFromCookie() reads, over every transport', async () => {
    const { app } = await startMatrixApplication({
      module: { tokenSource: tokenFromCookie('session') },
      imports: [graphqlModule()],
      controllers: [controller],
      providers: [resolver, gateway],
    });
    await expectAccess(app).toHold();
  });
});
