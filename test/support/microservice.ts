import { createServer, type AddressInfo } from 'node:net';
import type { INestApplication, INestMicroservice, ModuleMetadata, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClientTCP, Transport, type TcpOptions } from '@nestjs/microservices';
import { Test } from '@nestjs/testing';
import { firstValueFrom } from 'rxjs';

const closing: { close(): unknown }[] = [];

/** Closes clients and applications, for `afterEach`. */
export async function closeMicroservices(): Promise<void> {
  for (const open of closing.splice(0).toReversed()) await open.close();
}

/** Starts a microservice over TCP and connects a client to it. */
export async function startMicroservice(metadata: ModuleMetadata): Promise<MessageClient> {
  const options = await freeTcpOptions();
  const moduleRef = await Test.createTestingModule(metadata).compile();
  const microservice: INestMicroservice = moduleRef.createNestMicroservice({
    ...options,
    logger: false,
  });
  closing.push(microservice);
  await microservice.listen();
  return connectTo(options);
}

/** Starts a microservice as its `main.ts` does, without a testing module. */
export async function startMicroserviceOf(module: Type): Promise<MessageClient> {
  const options = await freeTcpOptions();
  const microservice = await NestFactory.createMicroservice<TcpOptions>(module, {
    ...options,
    logger: false,
    abortOnError: false,
  });
  closing.push(microservice);
  await microservice.listen();
  return connectTo(options);
}

/** Starts an application that also listens for messages over TCP, with each of these options, and connects to the first. */
export async function startHybrid(
  metadata: ModuleMetadata,
  ...hybridOptions: ({ inheritAppConfig?: boolean } | undefined)[]
): Promise<MessageClient & { app: INestApplication }> {
  const options = await freeTcpOptions();
  const moduleRef = await Test.createTestingModule(metadata).compile();
  const app = moduleRef.createNestApplication({ logger: false });
  closing.push(app);
  app.connectMicroservice(options, hybridOptions[0]);
  for (const others of hybridOptions.slice(1)) {
    app.connectMicroservice(await freeTcpOptions(), others);
  }
  await app.init();
  await app.startAllMicroservices();
  return Object.assign(connectTo(options), { app });
}

/** Connects one more microservice to an application that has started, and to that a client. */
export async function connectLate(app: INestApplication): Promise<MessageClient> {
  const options = await freeTcpOptions();
  await app.connectMicroservice(options).listen();
  return connectTo(options);
}

/** Sends messages over TCP. */
export class MessageClient {
  constructor(private readonly client: ClientTCP) {}

  /** Sends this along with every message from here on. */
  addMetadata(metadata: Record<string, string>): void {
    this.client.setOnDispatchHook((packet) => Object.assign(packet, { metadata }));
  }

  /** The answer to a message; rejects with what the service says of an error. */
  send(pattern: string, message: object): Promise<unknown> {
    return firstValueFrom(this.client.send<unknown>(pattern, message));
  }

  /** What the service says of a message that it refuses. */
  async refusalOf(pattern: string, message: object): Promise<unknown> {
    try {
      return { answered: await this.send(pattern, message) };
    } catch (error) {
      return error;
    }
  }

  async emit(pattern: string, message: object): Promise<void> {
    await firstValueFrom(this.client.emit(pattern, message), { defaultValue: undefined });
  }
}

function connectTo({ options }: TcpOptions): MessageClient {
  const { host, port } = options ?? {};
  const client = new ClientTCP({ host, port });
  closing.push(client);
  return new MessageClient(client);
}

/** Nest does not say which port it got, so it is told one that is free. */
async function freeTcpOptions(): Promise<TcpOptions> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return { transport: Transport.TCP, options: { host: '127.0.0.1', port } };
}
