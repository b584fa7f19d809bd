import { Controller, Get, Injectable } from '@nestjs/common';
import { MessagePattern } from '@nestjs/microservices';
import {
  orgFromMessage,
  orgFromParam,
  PropelAuthModule,
  Public,
  RequireOrgMember,
  RequireUser,
} from 'nestjs-propelauth';
import request from 'supertest';
import { Issuer } from '../support/issuer.js';
import { closeMicroservices, startHybrid, startMicroservice } from '../support/microservice.js';
import { alice } from '../support/people.js';
import { CurrentCaller, type Caller } from '../support/routes.js';
import { tokenFromMessage, UndecoratedMessages } from './guarded.messages.js';

const issuer = new Issuer();

/** A handler of both requests and messages. */
@Controller()
class BothController {
  @Get('both')
  @MessagePattern('both')
  @RequireUser()
  both(@CurrentCaller() caller: Caller) {
    return caller;
  }
}

function moduleOf(
  controller: new () => unknown,
  options: Partial<Parameters<typeof PropelAuthModule.forRoot>[0]> = {},
) {
  const forRoot = PropelAuthModule.forRoot({
    ...issuer.moduleOptions,
    tokenSource: tokenFromMessage,
    ...options,
  });
  return { imports: [forRoot], controllers: [controller] };
}

/** What stops the start; an empty text when nothing does. */
async function startError(starting: Promise<unknown>): Promise<string> {
  try {
    await starting;
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

afterEach(closeMicroservices);

describe('A hybrid application', () => {
  const byDefault = { requireUserByDefault: true };

  it('is guarded for requests and messages alike', async () => {
    const hybrid = await startHybrid(moduleOf(BothController));
    const accessToken = await issuer.accessToken(alice);
    const caller = { userId: alice.user_id, orgId: null };
    expect(await hybrid.send('both', { accessToken })).toEqual(caller);
    expect(await hybrid.refusalOf('both', {})).toMatchObject({ statusCode: 401 });
    const server = hybrid.app.getHttpServer() as Parameters<typeof request>[0];
    await request(server).get('/both').expect(401);
    // What tokenSource says is for messages alone.
    await request(server).get('/both').send({ accessToken }).expect(401);
    await request(server)
      .get('/both')
      .set('Authorization', `Bearer ${accessToken}`)
      .expect(200, caller);
  });

  it('without inheritAppConfig does not start under requireUserByDefault with an undecorated handler', async () => {
    const metadata = moduleOf(UndecoratedMessages, byDefault);
    for (const options of [undefined, {}, { inheritAppConfig: false }]) {
      const message = await startError(startHybrid(metadata, options));
      expect(message).toContain('UndecoratedMessages.undecorated (message)');
      expect(message).toContain('{ inheritAppConfig: true }');
    }
  });

  it('with inheritAppConfig starts, and requires a user', async () => {
    const hybrid = await startHybrid(moduleOf(UndecoratedMessages, byDefault), {
      inheritAppConfig: true,
    });
    expect(await hybrid.refusalOf('undecorated', {})).toMatchObject({ statusCode: 401 });
    const accessToken = await issuer.accessToken(alice);
    expect(await hybrid.send('undecorated', { accessToken })).toMatchObject({
      userId: alice.user_id,
    });
  });

  it('of two microservices, one without inheritAppConfig, does not start', async () => {
    const metadata = moduleOf(UndecoratedMessages, byDefault);
    const options = [{ inheritAppConfig: true }, {}];
    expect(await startError(startHybrid(metadata, ...options))).toContain('inheritAppConfig');
  });

  it('without inheritAppConfig starts when every handler has a word of its own', async () => {
    @Controller()
    class DecoratedMessages {
      @MessagePattern('required')
      @RequireUser()
      required() {}

      @MessagePattern('public')
      @Public()
      public() {}
    }
    expect(await startError(startHybrid(moduleOf(DecoratedMessages, byDefault)))).toBe('');
  });
});

describe('The audit of message handlers', () => {
  @Controller()
  class MessagesController {
    @MessagePattern('me')
    @RequireUser()
    me() {}
  }

  it('finds one that requires a user while nothing says where the token is', async () => {
    const metadata = moduleOf(MessagesController, { tokenSource: undefined });
    const message = await startError(startMicroservice(metadata));
    expect(message).toContain('MessagesController.me (message)');
    expect(message).toContain('tokenSource');
  });

  it('finds an organization that is looked for in the path, and in nothing that a message has', async () => {
    @Controller()
    class ReportsController {
      @MessagePattern('path')
      @RequireOrgMember({ org: orgFromParam() })
      path() {}

      @MessagePattern('message')
      @RequireOrgMember({ org: orgFromMessage() })
      message() {}
    }
    const message = await startError(startMicroservice(moduleOf(ReportsController)));
    expect(message).toContain('ReportsController.path (message)');
    expect(message).toContain('orgFromMessage()');
    expect(message).not.toContain('ReportsController.message');
  });

  it('finds an organization that is looked for in the message of an HTTP request', async () => {
    @Controller()
    class ReportsController {
      @Get()
      @RequireOrgMember({ org: orgFromMessage() })
      list() {}
    }
    const message = await startError(startHybrid(moduleOf(ReportsController)));
    expect(message).toContain('ReportsController.list (GET /)');
  });

  it('finds different tokenSources in one place', async () => {
    @Controller()
    class TwoSourcesController {
      @MessagePattern('two')
      @RequireUser({ tokenSource: () => 'one' })
      @RequireOrgMember({ org: orgFromMessage(), tokenSource: () => 'other' })
      two() {}
    }
    const message = await startError(startMicroservice(moduleOf(TwoSourcesController)));
    expect(message).toContain('TwoSourcesController.two (message): Different tokenSources');
  });

  it('finds a handler on what is no controller', async () => {
    @Injectable()
    class MessagesService {
      @MessagePattern('me')
      @RequireUser()
      me() {}
    }
    const { imports } = moduleOf(MessagesController);
    const starting = startMicroservice({ imports, providers: [MessagesService] });
    expect(await startError(starting)).toContain('MessagesService.me');
  });
});
