import { Controller, Get } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import {
  PropelAuthModule,
  RequireOrgMember,
  RequireUser,
  RequireUserOrApiKey,
} from 'nestjs-propelauth';
import {
  createEmulator,
  expectAccess,
  overridePropelAuth,
  TestIssuer,
} from 'nestjs-propelauth/testing';
import type { Server } from 'node:http';
import request from 'supertest';
import { startMatrixApplication } from '../../support/access-matrix.js';
import { registerCleanup } from '../../support/clean-up.js';
import { routeUnder } from '../../support/routes.js';

let calls = 0;

@Controller()
class MeController {
  @Get('me')
  @RequireUser()
  me() {
    calls += 1;
    return { calls };
  }
}

const adapterOfSuite = () =>
  globalThis.HTTP_ADAPTER === 'fastify' ? new FastifyAdapter() : new ExpressAdapter();

/** An application that is made and not yet started. */
async function createApplication(adapter: AbstractHttpAdapter = adapterOfSuite()) {
  const issuer = await TestIssuer.create();
  const builder = Test.createTestingModule({
    imports: [PropelAuthModule.forRoot(issuer.moduleOptions)],
    controllers: [MeController],
  });
  const moduleRef = await overridePropelAuth(builder, { issuer }).compile();
  const app = moduleRef.createNestApplication(adapter, { logger: false });
  registerCleanup(() => app.close());
  return { app, issuer };
}

describe('toHold()', () => {
  it('starts an application that is only initialized on a free port of 127.0.0.1, until it is closed', async () => {
    const { app, issuer } = await createApplication();
    await app.init();
    const server = app.getHttpServer() as Server;
    await expectAccess(app).toHold();
    expect(server.address()).toMatchObject({ address: '127.0.0.1' });
    const authorization = await issuer.authorization({ email: 'alice@example.com' });
    await request(server).get('/me').set({ authorization }).expect(200);
    await expectAccess(app).toHold();
    await app.close();
    expect(server.listening).toBe(false);
  });

  it('keeps a listening application listening, and can run again and twice at once', async () => {
    const { app } = await startMatrixApplication({ controllers: [MeController] });
    await Promise.all([expectAccess(app).toHold(), expectAccess(app).toHold()]);
    await expectAccess(app).toHold();
    const server = app.getHttpServer() as Server;
    expect(server.listening).toBe(true);
    await request(server).get('/me').expect(401);
  });

  it('is rejected before the application is initialized', async () => {
    const { app } = await createApplication();
    await expect(expectAccess(app).toHold()).rejects.toThrow('Call await app.init()');
  });

  it('is rejected after the application is closed', async () => {
    const { app } = await createApplication();
    await app.init();
    await app.close();
    await expect(expectAccess(app).toHold()).rejects.toThrow('Call await app.init()');
    expect((app.getHttpServer() as Server).listening).toBe(false);
  });

  it('is rejected over HTTP/2, and stops the server', async () => {
    const { app } = await createApplication(new FastifyAdapter({ http2: true }) as never);
    await app.init();
    await expect(expectAccess(app).toHold()).rejects.toThrow(
      'toHold() sends plain HTTP/1.1 to a port.',
    );
    expect((app.getHttpServer() as Server).listening).toBe(false);
  });

  it('runs in two applications with one emulator at the same time', async () => {
    const forMembers = routeUnder('orgs/:orgId', RequireUserOrApiKey(), RequireOrgMember());
    const emulator = await createEmulator();
    const start = async () => {
      const builder = Test.createTestingModule({
        imports: [PropelAuthModule.forRoot(emulator.issuer.moduleOptions)],
        controllers: [forMembers],
      });
      const moduleRef = await overridePropelAuth(builder, { emulator }).compile();
      const app = await moduleRef.createNestApplication({ logger: false }).init();
      registerCleanup(() => app.close());
      return app;
    };
    const applications = [await start(), await start()];
    const results = await Promise.all(applications.map((app) => expectAccess(app).toHold()));
    expect(results.map(({ tried }) => tried.length)).toEqual([1, 1]);
  });

  it('is rejected in an application without overridePropelAuth()', async () => {
    const issuer = await TestIssuer.create();
    const moduleRef = await Test.createTestingModule({
      imports: [PropelAuthModule.forRoot(issuer.moduleOptions)],
    }).compile();
    const app = await moduleRef.createNestApplication({ logger: false }).init();
    registerCleanup(() => app.close());
    await expect(expectAccess(app).toHold()).rejects.toThrow('toHold() needs overridePropelAuth()');
  });

  it.each([
    { options: { except: 'GET /me' }, message: 'except' },
    { options: { orgFor: 'acme' }, message: 'orgFor' },
    { options: { argsFor: {} }, message: 'argsFor' },
  ])('is rejected with the options $options', async ({ options, message }) => {
    const { app } = await startMatrixApplication({ controllers: [MeController] });
    await expect(expectAccess(app).toHold(options as never)).rejects.toThrow(message);
  });

  it('is rejected in production', async () => {
    const { app } = await startMatrixApplication({ controllers: [MeController] });
    const { NODE_ENV } = process.env;
    process.env.NODE_ENV = 'production';
    try {
      await expect(expectAccess(app).toHold()).rejects.toThrow('NODE_ENV=production');
    } finally {
      process.env.NODE_ENV = NODE_ENV;
    }
  });
});
