import { Controller, Get, Inject } from '@nestjs/common';
import { ClientProxy, ClientProxyFactory, MessagePattern } from '@nestjs/microservices';
import {
  activeOrg,
  PropelAuthModule,
  Public,
  RequireOrgMember,
  RequireUser,
} from 'nestjs-propelauth';
import request from 'supertest';
import { issuer } from '../../support/guarded-application.js';
import { startApplication } from '../../support/application.js';
import { registerCleanup } from '../../support/clean-up.js';
import { startMicroservice } from '../../support/microservice.js';
import { alice } from '../../support/project.js';
import { tokenFromMessage } from './guarded.messages.js';

@Controller()
class OrdersMessages {
  @MessagePattern('user')
  @RequireUser()
  user() {}

  @MessagePattern('member')
  @RequireOrgMember({ org: activeOrg() })
  member() {}
}

const CLIENT = Symbol('the client of the microservice');

@Controller()
class PublicController {
  constructor(@Inject(CLIENT) private readonly client: ClientProxy) {}

  @Get('user')
  @Public()
  user() {
    return this.client.send('user', {});
  }

  @Get('member')
  @Public()
  async member() {
    return this.client.send('member', { accessToken: await issuer.accessToken(alice) });
  }
}

describe.each([false, true])(
  'A public route whose own message is rejected, with debugMode %s,',
  (debugMode) => {
    it('returns 500, because its caller has done nothing wrong', async () => {
      const { address } = await startMicroservice({
        imports: [
          PropelAuthModule.forRoot({
            ...issuer.moduleOptions,
            tokenSource: tokenFromMessage,
            debugMode,
          }),
        ],
        controllers: [OrdersMessages],
      });
      const client = ClientProxyFactory.create({ options: address });
      registerCleanup(() => client.close());
      const { url } = await startApplication({
        imports: [PropelAuthModule.forRoot(issuer.moduleOptions)],
        controllers: [PublicController],
        providers: [{ provide: CLIENT, useValue: client }],
      });
      const failure = { statusCode: 500, message: 'Internal server error' };
      for (const path of ['/user', '/member']) await request(url).get(path).expect(500, failure);
    });
  },
);
