import { once } from 'node:events';
import { request, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { INestApplication, INestApplicationContext } from '@nestjs/common';
import type { DescribedHandler } from '../../../audit/describe-access.js';
import { readsOf } from '../../../options/org-source-description.js';
import type { AccessProbe } from '../access-probe.js';
import type {
  CallParts,
  CallResult,
  EntryPoint,
  EntryPointSource,
  NamedOrg,
} from '../entry-point.js';

/** The routes of the application, called by requests to its server. */
export class HttpEntryPoints implements EntryPointSource {
  constructor(
    private readonly app: INestApplicationContext,
    private readonly probe: AccessProbe,
  ) {}

  entryPoints(handlers: readonly DescribedHandler[]): EntryPoint[] {
    return handlers
      .filter(({ description }) => description.transport === 'http')
      .map((handler) => ({
        handler,
        name: handler.description.name,
        call: (parts) => this.call(handler, parts),
      }));
  }

  async close(): Promise<void> {
    // To be built: the server, if it was started here.
  }

  private async call(handler: DescribedHandler, parts: CallParts): Promise<CallResult> {
    let status: string | undefined;
    const call = await this.probe.overNetwork(async (headers) => {
      status = await this.send(handler, parts, headers);
    });
    return { call, response: status };
  }

  private async send(
    { description, access }: DescribedHandler,
    { credentials, org }: CallParts,
    probeHeaders: Record<string, string>,
  ): Promise<string> {
    const { port } = await this.address();
    const path = pathFor(description.path ?? '/', namesFrom(access.orgSources, org));
    const sent = request({
      host: '127.0.0.1',
      port,
      path,
      method: description.method === 'ALL' ? 'GET' : description.method,
      headers: {
        ...probeHeaders,
        ...(credentials.tokens.length > 0 && { authorization: `Bearer ${credentials.tokens[0]}` }),
      },
    });
    sent.end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    response.resume();
    await once(response, 'end');
    return `${response.statusCode} ${response.statusMessage}`;
  }

  private async address(): Promise<AddressInfo> {
    const server = (this.app as INestApplication).getHttpServer() as Server;
    if (!server.listening) await once(server.listen(0, '127.0.0.1'), 'listening');
    return server.address() as AddressInfo;
  }
}

/** What path parameters have to be, so that sources find the organization. */
function namesFrom(
  sources: Parameters<typeof readsOf>[0],
  { orgId }: NamedOrg,
): Record<string, string> {
  const names = readsOf(sources).flatMap(({ from, name }) => (from === 'path' && name ? name : []));
  return Object.fromEntries(names.map((name) => [name, orgId]));
}

function pathFor(pattern: string, values: Record<string, string>): string {
  return pattern.replaceAll(/:(\w+)/g, (_all, name: string) => values[name] ?? '1');
}
