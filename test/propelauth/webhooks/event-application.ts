import {
  Controller,
  Post,
  Req,
  Res,
  type ModuleMetadata,
  type Provider,
  type RawBodyRequest,
} from '@nestjs/common';
import {
  PropelAuthModule,
  PropelAuthWebhooks,
  Public,
  type PropelAuthModuleOptions,
  type WebhookRequest,
} from 'nestjs-propelauth';
import type { SignedWebhook } from 'propelauth-emulator';
import { startApplication, type RunningApplication } from '../../support/application.js';
import { issuer } from '../../support/guarded-application.js';

export const PATH = '/webhooks/propelauth';

export const created = {
  event_type: 'user.created',
  user_id: 'user-zoë',
  email: 'zoë@example.com',
};

/** The options with which an application receives the events of the issuer at PATH. */
export const webhooks = { secret: issuer.webhookSecret, path: PATH };

/** The part of a response of Express and of Fastify that a route of the application uses. */
interface SentResponse {
  status(status: number): unknown;
  header(name: string, value: string): unknown;
  send(body: string | undefined): unknown;
}

/** A route of the application at PATH, where it receives events itself. */
@Controller(PATH)
export class OwnRoute {
  constructor(private readonly events: PropelAuthWebhooks) {}

  @Post()
  @Public()
  async receive(
    @Req() { headers, rawBody }: RawBodyRequest<WebhookRequest>,
    @Res() response: SentResponse,
  ) {
    const answer = await this.events.receive({ headers, rawBody });
    response.status(answer.status);
    for (const [name, value] of Object.entries(answer.headers)) response.header(name, value);
    response.send(answer.body);
  }
}

/** Starts an application whose own route receives events. */
export function startWithOwnRoute(
  providers: Provider[],
  options: Partial<PropelAuthModuleOptions> = {},
  rawBody = true,
): Promise<RunningApplication> {
  return startApplication(
    {
      imports: [
        PropelAuthModule.forRoot({
          ...issuer.moduleOptions,
          webhooks: { secret: issuer.webhookSecret, receive: 'own' },
          ...options,
        }),
      ],
      controllers: [OwnRoute],
      providers,
    },
    undefined,
    undefined,
    { rawBody },
  );
}

/** Starts an application that receives events, with these handlers. */
export function startWithHandlers(
  providers: Provider[],
  metadata: ModuleMetadata = {},
  options: Partial<PropelAuthModuleOptions> = {},
): Promise<RunningApplication> {
  return startApplication({
    ...metadata,
    imports: [
      PropelAuthModule.forRoot({ ...issuer.moduleOptions, webhooks, ...options }),
      ...(metadata.imports ?? []),
    ],
    providers: [...providers, ...(metadata.providers ?? [])],
  });
}

/** Sends an event, with other headers where they are given. */
export function deliver(
  { url }: { url: string },
  { headers, body }: SignedWebhook,
  changed: Record<string, string> = {},
  path = PATH,
): Promise<Response> {
  return fetch(url + path, { method: 'POST', headers: { ...headers, ...changed }, body });
}

/** Signs and sends an event; returns the status. */
export async function send(
  application: { url: string },
  event: object,
  messageId?: string,
): Promise<number> {
  const options = messageId === undefined ? {} : { messageId };
  return (await deliver(application, issuer.webhook(event, options))).status;
}

/** A promise, and what settles it. */
export function withResolvers<T = void>() {
  let resolve!: (value: T) => void;
  let reject!: (reason: unknown) => void;
  const promise = new Promise<T>((whenDone, whenFailed) => {
    resolve = whenDone;
    reject = whenFailed;
  });
  return { promise, resolve, reject };
}
