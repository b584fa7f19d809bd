import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { PropelAuthModule, PropelAuthService } from 'nestjs-propelauth';
import { accessTable, TestIssuer } from 'nestjs-propelauth/testing';
import { alice, ROLES } from '../../support/project.js';
import { closeMicroservices, startMicroserviceOf } from '../../support/microservice.js';
import { GuardedMessages, tokenFromMessage } from './guarded.messages.js';

const issuer = await TestIssuer.create({ roles: ROLES });

@Module({
  imports: [PropelAuthModule.forRoot({ ...issuer.moduleOptions, tokenSource: tokenFromMessage })],
  controllers: [GuardedMessages],
})
class MessagesModule {}

describe('An application without an HTTP server', () => {
  afterEach(closeMicroservices);

  it('guards messages as a microservice', async () => {
    const client = await startMicroserviceOf(MessagesModule);
    const accessToken = await issuer.accessToken(alice);
    expect(await client.send('me', { accessToken })).toBe(alice.userId);
    expect(await client.refusalOf('me', {})).toMatchObject({ statusCode: 401 });
  });

  it('provides PropelAuthService and the access table as an application context', async () => {
    const context = await NestFactory.createApplicationContext(MessagesModule, {
      logger: false,
      abortOnError: false,
    });
    const service = context.get(PropelAuthService);
    const { userId } = await service.validateAccessToken(await issuer.accessToken(alice));
    expect(userId).toBe(alice.userId);
    expect(accessTable(context)).toMatchObject({
      'message happened': 'user',
      'message public': 'public',
      'message reports': 'members of the org in message orgId',
    });
    await context.close();
  });
});
