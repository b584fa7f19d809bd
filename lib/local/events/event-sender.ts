import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ResolvedOptions } from '../../options/resolved-options.js';
import { ApplicationAccess } from '../application-access.js';
import { LocalProject } from '../local-project.js';
import type { LocalEvent } from '../project-changes.js';
import { ownAddress } from './own-address.js';
import { postWebhook } from './post-webhook.js';

/** Sends events to the application, signed as PropelAuth signs them. */
@Injectable()
export class EventSender {
  constructor(
    private readonly project: LocalProject,
    private readonly options: ResolvedOptions,
    private readonly access: ApplicationAccess,
    private readonly host: HttpAdapterHost,
  ) {}

  /**
   * Where the application receives events: at `webhooks.path`, or at its own route under `@PropelAuthWebhook()`; `undefined` if it
   * receives none.
   */
  get path(): string | undefined {
    const { webhooks } = this.options;
    return webhooks && (webhooks.path ?? this.access.webhookPath());
  }

  /**
   * Sends an event once.
   *
   * @param messageId the same when the event is sent again
   * @returns the status of the response
   * @throws the error of the network
   */
  async send(event: LocalEvent, messageId: string, path: string): Promise<number> {
    const [secret] = this.options.readWebhookSecrets();
    const webhook = await this.project.issuer.webhook(event, { secret, messageId });
    const server: unknown = this.host.httpAdapter.getHttpServer();
    return postWebhook(ownAddress(server, this.project.issuer.authUrl) + path, webhook);
  }
}
