import {
  credentials,
  loadPackageDefinition,
  Metadata,
  Server,
  ServerCredentials,
  type ServiceError,
} from '@grpc/grpc-js';
import { fromJSON } from '@grpc/proto-loader';
import {
  Controller,
  HttpException,
  HttpStatus,
  Logger,
  UseFilters,
  UseGuards,
  type INestMicroservice,
  type Type,
} from '@nestjs/common';
import {
  GrpcMethod,
  GrpcStreamCall,
  GrpcStreamMethod,
  Transport,
  type GrpcOptions,
} from '@nestjs/microservices';
import { Test } from '@nestjs/testing';
import {
  CurrentUser,
  DenyImpersonation,
  OptionalUser,
  PropelAuthApiError,
  PropelAuthApiErrorFilter,
  PropelAuthGuard,
  PropelAuthModule,
  Public,
  RequireOrgMember,
  RequireUser,
  User,
  type PropelAuthModuleOptions,
} from 'nestjs-propelauth';
import { TestIssuer, type TestUser } from 'nestjs-propelauth/testing';
import { map, of, type Observable } from 'rxjs';
import { registerCleanup } from '../../support/clean-up.js';
import { PropelAuthServer } from '../../support/propelauth-server.js';

interface Reply {
  readonly userId: string;
}

const packageDefinition = fromJSON({
  nested: {
    reports: {
      nested: {
        Message: { fields: { userId: { type: 'string', id: 1 } } },
        Reports: {
          methods: Object.fromEntries(
            ['Me', 'OfOrg', 'Limited', 'Failing', 'List', 'Chat'].map((name) => [
              name,
              {
                requestType: 'Message',
                responseType: 'Message',
                ...(name === 'List' && { responseStream: true }),
                ...(name === 'Chat' && { requestStream: true, responseStream: true }),
              },
            ]),
          ),
        },
      },
    },
  },
} as unknown as Parameters<typeof fromJSON>[0]);

@Controller()
class ReportsService {
  @GrpcMethod('Reports', 'Me')
  @RequireUser()
  me(_request: object, @CurrentUser() user: User): Reply {
    return { userId: user.userId };
  }

  @GrpcMethod('Reports', 'OfOrg')
  @RequireOrgMember({ org: () => ({ orgId: 'another-org' }) })
  ofOrg(): Reply {
    return { userId: 'a member' };
  }

  @GrpcMethod('Reports', 'Limited')
  @RequireOrgMember({
    org: () => {
      throw new HttpException('Too Many Requests', HttpStatus.TOO_MANY_REQUESTS);
    },
  })
  limited(): Reply {
    return { userId: 'a member' };
  }

  @GrpcMethod('Reports', 'Failing')
  @RequireUser()
  @UseFilters(new PropelAuthApiErrorFilter())
  failing(): Reply {
    throw new PropelAuthApiError('rate_limited', 'fetchOrg');
  }

  @GrpcMethod('Reports', 'List')
  @RequireUser()
  list(_request: object, @CurrentUser('userId') userId: string): Observable<Reply> {
    return of({ userId });
  }

  @GrpcStreamMethod('Reports', 'Chat')
  @RequireUser()
  chat(messages: Observable<Reply>, @CurrentUser('userId') userId: string): Observable<Reply> {
    return messages.pipe(map(() => ({ userId })));
  }
}

type Call = (request: object, metadata: Metadata, callback: Callback) => void;
type Callback = (error: ServiceError | null, reply: Reply) => void;
type Stream = NodeJS.ReadWriteStream;

const alice: TestUser = { email: 'alice@example.com' };
let propelAuth: PropelAuthServer;
const issuer = await TestIssuer.create();

beforeEach(async () => {
  Logger.overrideLogger(false);
  propelAuth = await PropelAuthServer.start();
});

type Options = Partial<PropelAuthModuleOptions> & { requireUserByDefault?: boolean };

async function startGrpc(options: Options = {}, controller: Type = ReportsService) {
  const moduleRef = await Test.createTestingModule({
    imports: [
      PropelAuthModule.forRoot({
        ...issuer.moduleOptions,
        tokenSource: (context) =>
          context.switchToRpc().getContext<Metadata>().get('access-token')[0]?.toString(),
        ...options,
      }),
    ],
    controllers: [controller],
  }).compile();
  let server: Server | undefined;
  const microservice: INestMicroservice = moduleRef.createNestMicroservice<GrpcOptions>({
    transport: Transport.GRPC,
    options: {
      package: 'reports',
      packageDefinition,
      url: '127.0.0.1:0',
      onLoadPackageDefinition: (_package, loadedInto) => {
        server = loadedInto as Server;
      },
    },
  });
  registerCleanup(() => microservice.close());
  await microservice.listen();
  return connect(await portOf(server as unknown as Server));
}

/** Nest does not tell which port it listens on, so the server listens on a second one. */
function portOf(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
      if (error) reject(error);
      else resolve(port);
    });
  });
}

function connect(port: number) {
  const { reports } = loadPackageDefinition(packageDefinition) as unknown as {
    reports: { Reports: new (...args: unknown[]) => Record<string, Call> & { close(): void } };
  };
  const client = new reports.Reports(`127.0.0.1:${port}`, credentials.createInsecure());
  registerCleanup(() => client.close());
  return client;
}

function metadataWith(accessToken?: string): Metadata {
  const metadata = new Metadata();
  if (accessToken !== undefined) metadata.set('access-token', accessToken);
  return metadata;
}

/** The status, and the trailer `error-code`. */
function statusOf({ code, details, metadata }: ServiceError) {
  return { code, details, errorCode: metadata.get('error-code')[0] };
}

/** The reply, or the status that the client gets. */
function replyTo(client: Record<string, Call>, method: string, metadata: Metadata) {
  return new Promise<unknown>((resolve) => {
    client[method]?.({}, metadata, (error, reply) => resolve(error ? statusOf(error) : reply));
  });
}

/** The same for methods that stream. */
function streamedBy(stream: Stream) {
  return new Promise<unknown>((resolve) => {
    stream.on('data', resolve);
    stream.on('error', (error: ServiceError) => resolve(statusOf(error)));
  });
}

const UNAUTHENTICATED = { code: 16, details: 'Unauthorized', errorCode: 'token_missing' };
const RESOURCE_EXHAUSTED = { code: 8, details: 'Too Many Requests' };
const FORBIDDEN = { code: 7, details: 'Forbidden', errorCode: 'org_access_denied' };

describe('A gRPC handler', () => {
  let client: Awaited<ReturnType<typeof startGrpc>>;
  let ofAlice: Metadata;
  beforeAll(async () => {
    client = await startGrpc();
    ofAlice = metadataWith(await issuer.accessToken(alice));
  });

  it.each([
    ['gets the user of the token in the metadata', 'Me', { userId: issuer.userId(alice) }],
    ['returns PERMISSION_DENIED (7) to a user who is not a member', 'OfOrg', FORBIDDEN],
    [
      'returns RESOURCE_EXHAUSTED (8) for an org source that rejects with 429',
      'Limited',
      RESOURCE_EXHAUSTED,
    ],
    [
      'returns the status of a PropelAuthApiError through the filter',
      'Failing',
      RESOURCE_EXHAUSTED,
    ],
  ])('%s', async (_what, method, reply) => {
    expect(await replyTo(client, method, ofAlice)).toEqual(reply);
  });

  it('returns UNAUTHENTICATED (16) without a token', async () => {
    expect(await replyTo(client, 'Me', metadataWith())).toEqual(UNAUTHENTICATED);
  });

  it.each(['List', 'Chat'])('returns UNAUTHENTICATED (16) if it streams: %s', async (method) => {
    const call = client[method] as unknown as (...args: unknown[]) => Stream;
    const stream =
      method === 'List' ? call.call(client, {}, metadataWith()) : call.call(client, metadataWith());
    if (method === 'Chat') stream.write({} as never);
    expect(await streamedBy(stream)).toEqual(UNAUTHENTICATED);
  });

  it('returns UNAVAILABLE (14) while there is no verification key', async () => {
    propelAuth.answers({ status: 500 });
    const keyless = await startGrpc({ manualTokenVerificationMetadata: undefined });
    const reply = await replyTo(keyless, 'Me', ofAlice);
    expect(reply).toEqual({ code: 14, details: 'Service Unavailable', errorCode: 'unavailable' });
  });
});

/** A service whose method takes calls of gRPC as they are. */
function withStreamCall(...decorators: (MethodDecorator & ClassDecorator)[]): Type {
  class Uploads {
    @GrpcStreamCall('Reports', 'Chat')
    upload(call: Stream): void {
      call.on('data', () => call.write({ userId: 'anybody' } as never));
      call.on('end', () => call.end());
    }
  }
  const method = Object.getOwnPropertyDescriptor(Uploads.prototype, 'upload');
  for (const decorate of decorators) {
    decorate(Uploads.prototype, 'upload', method as PropertyDescriptor);
  }
  Controller()(Uploads);
  return Uploads;
}

describe('A handler under @GrpcStreamCall(), whose first rejected call would end the process,', () => {
  it.each<[string, Type, Options]>([
    ['a rule', withStreamCall(RequireUser()), {}],
    ["a rule, under startupAudit: 'warn'", withStreamCall(RequireUser()), { startupAudit: 'warn' }],
    ['@OptionalUser()', withStreamCall(OptionalUser()), {}],
    ['@DenyImpersonation()', withStreamCall(DenyImpersonation()), {}],
    ['the guard', withStreamCall(UseGuards(PropelAuthGuard)), {}],
    ['requireUserByDefault', withStreamCall(), { requireUserByDefault: true }],
  ])('fails startup under %s', async (_what, controller, options) => {
    await expect(startGrpc(options, controller)).rejects.toThrow(
      /cannot be guarded:\n- Uploads\.upload \(message\): .*@GrpcStreamCall\(\).* Use @GrpcStreamMethod\(\)/,
    );
  });

  it.each<[string, Type, Options]>([
    ['no rule', withStreamCall(), {}],
    ['@Public()', withStreamCall(Public()), { requireUserByDefault: true }],
  ])('is called under %s', async (_what, controller, options) => {
    const client = await startGrpc(options, controller);
    const stream = (client['Chat'] as unknown as (metadata: Metadata) => Stream).call(
      client,
      metadataWith(),
    );
    stream.write({} as never);
    stream.end();
    expect(await streamedBy(stream)).toEqual({ userId: 'anybody' });
  });
});
