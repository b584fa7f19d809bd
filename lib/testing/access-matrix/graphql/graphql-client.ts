import { once } from 'node:events';
import { request, type IncomingMessage, type Server } from 'node:http';
import { request as requestOverTls } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import type { INestApplication } from '@nestjs/common';
import type { OperationDocument } from './operation-document.js';
import type { RequestHeaders } from './request-headers.js';

/** Sends operations to the server of the application, which is started for that if the application has not. */
export class GraphqlClient {
  #started: Server | undefined;

  constructor(private readonly app: Pick<INestApplication, 'getHttpServer'>) {}

  /** @returns the response in words, such as `200 OK (Forbidden)` */
  async send(path: string, document: OperationDocument, headers: RequestHeaders): Promise<string> {
    const { port, address, isTls } = await this.address();
    const body = JSON.stringify(document);
    const sent = (isTls ? requestOverTls : request)({
      host: ['::', '0.0.0.0'].includes(address) ? 'localhost' : address,
      port,
      path,
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
      // The certificate of a test need not be that of this address.
      rejectUnauthorized: false,
    });
    sent.end(body);
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    return `${response.statusCode} ${response.statusMessage}${errorIn(await textOf(response))}`;
  }

  async close(): Promise<void> {
    const server = this.#started;
    if (server?.listening !== true) return;
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  }

  private async address(): Promise<{ port: number; address: string; isTls: boolean }> {
    const server = this.app.getHttpServer() as Server;
    if (!server.listening) {
      this.#started = server;
      await once(server.listen(0, '127.0.0.1'), 'listening');
    }
    const { port, address } = server.address() as AddressInfo;
    return { port, address, isTls: server instanceof TlsServer };
  }
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/** The message of the first error, in parentheses. */
function errorIn(body: string): string {
  try {
    const { errors } = JSON.parse(body) as { errors?: { message?: unknown }[] };
    const message = errors?.[0]?.message;
    return message === undefined ? '' : ` (${String(message)})`;
  } catch {
    return '';
  }
}
