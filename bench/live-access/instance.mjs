/**
 * An instance of the service, in a process of its own: a Nest application with live access. Its argument is JSON. It tells its parent the
 * port, and ends with it.
 */
import { clock } from './skewed-clock.mjs';
import 'reflect-metadata';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  PropelAuthModule,
  Public,
  RequireOrgMember,
  RequireOrgRole,
  RequirePermission,
  RequireUser,
} from '../../dist/index.js';
import { liveAccess } from '../../dist/live-access/index.js';

const { skewSeconds, hasRunForAnHour, redisUrl, ...options } = JSON.parse(process.argv[2]);
const AN_HOUR = 3_600;

process.once('disconnect', () => process.exit());

class AccessController {
  ping() {}

  ok() {
    return {};
  }

  member() {
    return {};
  }

  admin() {
    return {};
  }

  payer() {
    return {};
  }
}
decorate('ping', Public(), Get('ping'));
decorate('ok', RequireUser(), Get('me'));
decorate('member', RequireOrgMember(), Get('orgs/:orgId'));
decorate('admin', RequireOrgRole('Admin'), Get('orgs/:orgId/admin'));
decorate('payer', RequirePermission('can_pay'), Get('orgs/:orgId/pay'));
Controller()(AccessController);

class InstanceModule {}
Module({
  imports: [
    PropelAuthModule.forRoot({
      ...options,
      plugins: [liveAccess(redisUrl === undefined ? {} : { changes: await changesOver(redisUrl) })],
    }),
  ],
  controllers: [AccessController],
})(InstanceModule);

clock.skewSeconds = hasRunForAnHour ? skewSeconds - AN_HOUR : skewSeconds;
const app = await NestFactory.create(InstanceModule, { logger: ['error', 'warn'] });
await app.listen(0, '127.0.0.1');
clock.skewSeconds = skewSeconds;
process.send({ port: app.getHttpServer().address().port });

function decorate(method, ...decorators) {
  const { prototype } = AccessController;
  const descriptor = Object.getOwnPropertyDescriptor(prototype, method);
  for (const decorator of decorators) decorator(prototype, method, descriptor);
}

async function changesOver(url) {
  const { createClient } = await import('redis');
  const { redisAccessChanges } = await import('../../dist/redis/index.js');
  const client = createClient({ url });
  // The package says when Redis is out of reach.
  client.on('error', () => {});
  await client.connect();
  return redisAccessChanges(client);
}
