import type { INestApplicationContext } from '@nestjs/common';
import { ApplicationConfig, HttpAdapterHost } from '@nestjs/core';
import type { ApplicationHandler } from '../../../audit/application/application-handler.js';
import type { DescribedHandler } from '../../../audit/describe-access.js';
import { OptionalPackages } from '../../../transports/optional-packages.js';
import type { AccessProbe } from '../access-probe.js';
import type { CallParts, CallResult, EntryPoint, EntryPointSource } from '../entry-point.js';
import { inWords } from '../error-words.js';
import { HandlerGuards, type MessageCall } from '../handler-guards.js';
import type { HandlerHost } from '../handler-hosts.js';
import { TokenPlaces } from '../test-token-places.js';
import { isGrpcMethod, rpcArguments } from './rpc-arguments.js';
import { socketArguments } from './socket-arguments.js';

/** The entry points of gateway events and messages. No socket or broker is used: the guards are called as Nest calls them. */
export class MessageEntryPoints implements EntryPointSource {
  readonly #guards: HandlerGuards;
  readonly #tokenPlaces: TokenPlaces;

  constructor(
    private readonly app: INestApplicationContext,
    private readonly probe: AccessProbe,
  ) {
    this.#guards = new HandlerGuards(app);
    this.#tokenPlaces = new TokenPlaces(app);
  }

  entryPoints(handlers: readonly DescribedHandler[]): EntryPoint[] {
    return distinct(handlers.filter(isOfMessages)).flatMap((handler) =>
      this.#guards.hostsOf(handler.subject).map((host) => ({
        handler,
        name: handler.description.name,
        takesOneToken: this.#tokenPlaces.isElsewhere(handler),
        call: (parts) => this.call(handler, host, parts),
      })),
    );
  }

  private async call(
    handler: DescribedMessage,
    host: HandlerHost,
    parts: CallParts,
  ): Promise<CallResult> {
    this.#tokenPlaces.assertKnown(handler, parts);
    return handler.subject.kind === 'gateway'
      ? this.callGateway(handler, host, parts)
      : this.callMessage(handler, host, parts);
  }

  private async callGateway(
    handler: DescribedMessage,
    host: HandlerHost,
    parts: CallParts,
  ): Promise<CallResult> {
    const { client, args } = socketArguments(handler, parts, this.isSocketIo());
    try {
      const hasGlobalGuards = this.app.get(OptionalPackages, { strict: false }).hasNest12Gateways;
      return await this.callGuards(handler, host, {
        type: 'ws',
        args,
        request: client,
        hasGlobalGuards,
      });
    } finally {
      client.leave();
    }
  }

  private callMessage(
    handler: DescribedMessage,
    host: HandlerHost,
    parts: CallParts,
  ): Promise<CallResult> {
    const { subject, description } = handler;
    const args = rpcArguments(handler, parts, isGrpcMethod(declaredMethodOf(subject)));
    const pattern = description.name.slice('message '.length);
    const [data, context] = args;
    return this.callGuards(handler, host, {
      type: 'rpc',
      args,
      request: { pattern, data, context },
      // In an HTTP application, global guards reach only microservices with inheritAppConfig, which cannot be detected.
      hasGlobalGuards: !this.app.get(HttpAdapterHost).httpAdapter,
    });
  }

  private async callGuards(
    { subject }: DescribedMessage,
    host: HandlerHost,
    message: MessageCall,
  ): Promise<CallResult> {
    let isLetIn = false;
    let response: string | undefined;
    const call = await this.probe.inProcess(async () => {
      try {
        isLetIn = await this.#guards.letIn(host, subject, message);
      } catch (error) {
        response = inWords(error);
      }
    });
    if (isLetIn) call.reached.push(subject);
    return { call, response };
  }

  private isSocketIo(): boolean {
    return 'createIOServer' in (this.app.get(ApplicationConfig).getIoAdapter() ?? {});
  }
}

type DescribedMessage = DescribedHandler & { readonly subject: ApplicationHandler };

function isOfMessages(handler: DescribedHandler): handler is DescribedMessage {
  return ['websocket', 'rpc'].includes(handler.description.transport);
}

/** Removes duplicates: a class in several modules is described once for each. */
function distinct(handlers: readonly DescribedMessage[]): DescribedMessage[] {
  return handlers.filter((handler, index) => handlers.findIndex(isSameAs(handler)) === index);
}

function isSameAs({ subject, description }: DescribedMessage) {
  return (other: DescribedMessage): boolean =>
    other.description.name === description.name &&
    other.subject.controller === subject.controller &&
    other.subject.name === subject.name;
}

function declaredMethodOf({ controller, name }: ApplicationHandler): Function {
  return (controller.prototype as Record<string, Function>)[name] as Function;
}
