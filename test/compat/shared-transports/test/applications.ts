import type { Server } from 'node:net';
import type { INestApplication, ModuleMetadata } from '@nestjs/common';
import { Transport } from '@nestjs/microservices';
import { WsAdapter } from '@nestjs/platform-ws';
import { Test } from '@nestjs/testing';
import { TransportsModule } from '../src/transports.module.js';
import { listen } from './http.js';

/** Listens for HTTP, GraphQL, messages over TCP, and by socket.io. */
export function startSocketIo(): Promise<INestApplication> {
  return start({ imports: [TransportsModule] });
}

/** The same by `ws` instead of socket.io. */
export function startNative(): Promise<INestApplication> {
  return start({ imports: [TransportsModule] }, (app) =>
    app.useWebSocketAdapter(new WsAdapter(app)),
  );
}

export async function start(
  metadata: ModuleMetadata,
  prepare: (app: INestApplication) => unknown = () => {},
): Promise<INestApplication> {
  const app = await listen(async () => {
    const moduleRef = await Test.createTestingModule(metadata).compile();
    const created = moduleRef.createNestApplication({ logger: false });
    prepare(created);
    created.connectMicroservice(
      { transport: Transport.TCP, options: { host: '127.0.0.1', port: 0 } },
      { inheritAppConfig: true },
    );
    return created;
  });
  await app.startAllMicroservices();
  return app;
}

/** Where an application listens for messages over TCP. */
export function tcpAddress(app: INestApplication): { host: string; port: number } {
  const [microservice] = app.getMicroservices();
  const address = microservice?.unwrap<Server>().address();
  if (address === null || typeof address !== 'object') throw new Error('It does not listen.');
  return { host: address.address, port: address.port };
}
