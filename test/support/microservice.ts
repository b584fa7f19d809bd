import type { AddressInfo, Server } from 'node:net';
import type {
  INestApplication,
  INestMicroservice,
  LoggerService,
  ModuleMetadata,
  Type,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClientTCP, Transport, type TcpOptions } from '@nestjs/microservices';
import { Test } from '@nestjs/testing';
import { firstValueFrom } from 'rxjs';
import { registerCleanup } from './clean-up.js';

const ANY_PORT: TcpOptions = { transport: Transport.TCP, options: { host: '127.0.0.1', port: 0 } };

/** Starts a microservice over TCP and connects a client to it. */
export async function startMicroservice(
  metadata: ModuleMetadata,
  logger: LoggerService | false = false,
): Promise<MessageClient> {
  const moduleRef = await Test.createTestingModule(metadata).compile();
  const microservice: INestMicroservice = moduleRef.createNestMicroservice({
    ...ANY_PORT,
    logger,
  });
  registerCleanup(() => microservice.close());
  await microservice.listen();
  return connectTo(microservice);
}

/** Starts a microservice as its `main.ts` does, without a testing module. */
export async function startMicroserviceOf(module: Type): Promise<MessageClient> {
  const microservice = await NestFactory.createMicroservice<TcpOptions>(module, {
    ...ANY_PORT,
    logger: false,
    abortOnError: false,
  });
  registerCleanup(() => microservice.close());
  await microservice.listen();
  return connectTo(microservice);
}

interface HybridOptions {
  readonly inheritAppConfig?: boolean;
  /** Goes on where the application fails to start, as someone would who catches the error. */
  readonly ignoreFailure?: boolean;
}

/** Starts an application that also listens for messages over TCP, and connects to it. */
export async function startHybrid(
  metadata: ModuleMetadata,
  { ignoreFailure = false, ...hybridOptions }: HybridOptions = {},
): Promise<MessageClient & { app: INestApplication }> {
  const moduleRef = await Test.createTestingModule(metadata).compile();
  const app = moduleRef.createNestApplication({ logger: false });
  registerCleanup(() => app.close());
  const microservice = app.connectMicroservice(ANY_PORT, hybridOptions);
  if (ignoreFailure) await expect(app.init()).rejects.toThrow();
  else await app.init();
  await app.startAllMicroservices();
  return Object.assign(connectTo(microservice), { app });
}

/** Connects one more microservice to an application that has started, and to that a client. */
export async function connectLate(app: INestApplication): Promise<MessageClient> {
  const microservice = app.connectMicroservice(ANY_PORT);
  await microservice.listen();
  return connectTo(microservice);
}

/** Sends messages over TCP. */
export class MessageClient {
  /** @param address where the microservice listens */
  constructor(
    private readonly client: ClientTCP,
    readonly address: { host: string; port: number },
  ) {}

  /** Sends this along with every message from here on. */
  addMetadata(metadata: Record<string, string>): void {
    this.client.setOnDispatchHook((packet) => Object.assign(packet, { metadata }));
  }

  /** The answer to a message; rejects with what the service says of an error. */
  send(pattern: string, message: object): Promise<unknown> {
    return firstValueFrom(this.client.send<unknown>(pattern, message));
  }

  /** What the service says of a message that it rejects. */
  async rejectionOf(pattern: string, message: object): Promise<unknown> {
    try {
      return { answered: await this.send(pattern, message) };
    } catch (error) {
      return error;
    }
  }

  async emit(pattern: string | object, message: object): Promise<void> {
    await firstValueFrom(this.client.emit(pattern, message), { defaultValue: undefined });
  }
}

function connectTo(microservice: INestMicroservice): MessageClient {
  const { address: host, port } = microservice.unwrap<Server>().address() as AddressInfo;
  const client = new ClientTCP({ host, port });
  registerCleanup(() => client.close());
  return new MessageClient(client, { host, port });
}
