import { PropelAuthModule } from 'nestjs-propelauth';
import { TestIssuer } from 'nestjs-propelauth/testing';
import { alice, ROLES } from '../../support/project.js';
import { closeMicroservices, startMicroservice } from '../../support/microservice.js';
import { OBSERVING_GUARD, observed } from '../../support/observing-guard.js';
import { GuardedMessages, tokenFromMessage } from './guarded.messages.js';

const issuer = await TestIssuer.create({ roles: ROLES });

afterEach(closeMicroservices);

describe('identify() and callerKey() of messages', () => {
  it('use the tokenSource of the module and of the handler before the guard runs', async () => {
    const client = await startMicroservice({
      imports: [
        PropelAuthModule.forRoot({ ...issuer.moduleOptions, tokenSource: tokenFromMessage }),
      ],
      controllers: [GuardedMessages],
      providers: [OBSERVING_GUARD],
    });
    const accessToken = await issuer.accessToken(alice);
    await client.send('me', { accessToken });
    await client.send('elsewhere', { token: accessToken });
    await client.send('public', {});
    const known = [alice.userId, `user:${alice.userId}`];
    expect(observed).toEqual([known, known, [null, 'ip:unknown']]);
  });
});
