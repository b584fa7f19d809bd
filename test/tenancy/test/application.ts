import { once } from 'node:events';
import { type IncomingMessage, type OutgoingHttpHeaders, request } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { text } from 'node:stream/consumers';
import type { ExecutionContext, INestApplication } from '@nestjs/common';
import { ClientTCP, type TcpContext, type TcpOptions, Transport } from '@nestjs/microservices';
import { Test, type TestingModuleBuilder } from '@nestjs/testing';
import { PropelAuthModule, tokenFromHeader } from 'nestjs-propelauth';
import { firstValueFrom } from 'rxjs';
import { InvoicesModule } from '../src/invoices/invoices.module.js';
import { APP_URL } from './database.js';
import { issuer, USERS } from './tenants.js';

/** What came back: a status of HTTP, a code of GraphQL or of a message, or `OK`. */
export interface Answer {
  readonly status: number | string;
  readonly body: unknown;
}

const inHeader = tokenFromHeader();

/** Messages have their access token in the metadata of the packet. */
function tokenSource(context: ExecutionContext): string | undefined {
  if (context.getType() !== 'rpc') return inHeader(context);
  const token: unknown = context.switchToRpc().getContext<TcpContext>().getMetadata()?.accessToken;
  return typeof token === 'string' ? token : undefined;
}

/** The whole application, listening. */
export class Application {
  private readonly clients: ClientTCP[] = [];

  private constructor(
    readonly app: INestApplication,
    private readonly messages: AddressInfo,
  ) {}

  static async start(
    change: (builder: TestingModuleBuilder) => TestingModuleBuilder = (builder) => builder,
  ): Promise<Application> {
    const propelAuth = PropelAuthModule.forRoot({
      ...issuer.moduleOptions,
      requireUserByDefault: true,
      tokenSource,
      debugMode: true, // Answers tell as much as they ever do.
    });
    const imports = [propelAuth, InvoicesModule.forRoot({ url: APP_URL })];
    const builder = Test.createTestingModule({ imports });
    const app = (await change(builder).compile()).createNestApplication({ logger: false });
    const microservice = app.connectMicroservice<TcpOptions>(
      { transport: Transport.TCP, options: { host: '127.0.0.1', port: 0 } },
      { inheritAppConfig: true },
    );
    await app.startAllMicroservices();
    await app.listen(0, '127.0.0.1');
    return new Application(app, microservice.unwrap<Server>().address() as AddressInfo);
  }

  async as(name: keyof typeof USERS): Promise<Client> {
    const client = new ClientTCP({ host: '127.0.0.1', port: this.messages.port });
    this.clients.push(client);
    const { port } = this.app.getHttpServer().address() as AddressInfo;
    return new Client(port, client, await issuer.accessToken(USERS[name]));
  }

  async close(): Promise<void> {
    for (const client of this.clients) client.close();
    await this.app.close();
  }
}

/** Calls the application as one user, with whatever it is told to send. */
export class Client {
  constructor(
    private readonly port: number,
    private readonly messages: ClientTCP,
    private readonly token: string,
  ) {
    messages.setOnDispatchHook((packet) => {
      packet.metadata = { accessToken: token };
    });
  }

  /** Sends the path as it is: `fetch` would tidy it. A body that is a string goes as it is, too. */
  async http(
    method: string,
    path: string,
    { headers = {}, body }: { headers?: OutgoingHttpHeaders; body?: unknown } = {},
  ): Promise<Answer> {
    const content = typeof body === 'string' ? body : JSON.stringify(body);
    const sent = request({
      host: '127.0.0.1',
      port: this.port,
      method,
      path,
      headers: {
        authorization: `Bearer ${this.token}`,
        ...(content !== undefined && {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(content),
        }),
        ...headers,
      },
    });
    sent.end(content);
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    const received = await text(response);
    return { status: response.statusCode!, body: parsed(received) };
  }

  async graphql(query: string, variables: object = {}): Promise<Answer> {
    const { body, status } = await this.http('POST', '/graphql', { body: { query, variables } });
    const { errors } = body as { errors?: { extensions: { code: string; status?: number } }[] };
    if (errors === undefined) return { status: status === 200 ? 'OK' : status, body };
    const [{ extensions }] = errors;
    return { status: extensions.status ?? extensions.code, body };
  }

  async message(pattern: string, data: unknown): Promise<Answer> {
    try {
      return {
        status: 'OK',
        body: await firstValueFrom(this.messages.send<unknown>(pattern, data)),
      };
    } catch (error) {
      const { code, message } = error as { code?: number | string; message: string };
      return { status: code ?? message, body: error };
    }
  }
}

function parsed(received: string): unknown {
  try {
    return JSON.parse(received);
  } catch {
    return received;
  }
}
