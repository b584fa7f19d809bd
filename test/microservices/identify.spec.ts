import { Injectable, type ExecutionContext } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { PropelAuthModule, PropelAuthService } from 'nestjs-propelauth';
import { Issuer } from '../support/issuer.js';
import { closeMicroservices, startMicroservice } from '../support/microservice.js';
import { alice } from '../support/people.js';
import { GuardedMessages, tokenFromMessage } from './guarded.messages.js';

const issuer = new Issuer();

afterEach(closeMicroservices);

describe('identify() and callerKey() of messages', () => {
  it('go by the tokenSource of the module, and of the handler, before the guard does', async () => {
    const seen: unknown[] = [];
    @Injectable()
    class SeeingGuard {
      constructor(private readonly propelAuth: PropelAuthService) {}

      async canActivate(context: ExecutionContext) {
        const caller = await this.propelAuth.identify(context);
        seen.push([caller?.userId ?? null, await this.propelAuth.callerKey(context)]);
        return true;
      }
    }
    const client = await startMicroservice({
      imports: [
        PropelAuthModule.forRoot({ ...issuer.moduleOptions, tokenSource: tokenFromMessage }),
      ],
      controllers: [GuardedMessages],
      providers: [{ provide: APP_GUARD, useClass: SeeingGuard }],
    });
    const accessToken = await issuer.accessToken(alice);
    await client.send('me', { accessToken });
    await client.send('elsewhere', { token: accessToken });
    await client.send('public', {});
    const known = [alice.user_id, `user:${alice.user_id}`];
    expect(seen).toEqual([known, known, [null, 'ip:unknown']]);
  });
});
