import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { ResolvedOptions } from '../../options/resolved-options.js';
import { SharedStore } from '../backend/shared-store.js';
import { DerivedSecret } from '../../values/derived-secret.js';
import { lazily } from '../../values/lazily.js';

/** Longer than the 27 h 35 min for which Svix sends an event again. */
const LIFETIME_MILLISECONDS = 48 * 3_600_000;

/** About 10 MB. A handler that is forgotten early runs again if its event is sent again. */
const MAXIMUM_ENTRIES = 50_000;

const PREFIX = 'nestjs-propelauth:webhook:';
const FINISHED = 'finished';

/**
 * Remembers which handlers have finished which event: in this process, and in the store that the instances of the service share. A failing
 * store never prevents a handler from running: at worst the handler runs twice.
 */
@Injectable()
export class FinishedHandlers {
  private readonly finished = lazily(
    () =>
      new LRUCache<string, true>({
        max: MAXIMUM_ENTRIES,
        ttl: LIFETIME_MILLISECONDS,
        // The wall clock, as in the store.
        perf: Date,
      }),
  );
  private readonly store: SharedStore | undefined;
  private readonly secret: DerivedSecret;

  constructor(options: ResolvedOptions) {
    const [secret = ''] = options.readWebhookSecrets();
    this.secret = new DerivedSecret(secret, 'finished handler of an event');
    const store = options.webhooks?.store;
    this.store =
      store &&
      new SharedStore(store, {
        option: 'webhooks.store',
        consequence:
          'Until it works again, an event that is sent again can run handlers that another instance has already finished.',
      });
  }

  async has(messageId: string, handlerName: string): Promise<boolean> {
    const key = this.keyOf(messageId, handlerName);
    return this.finished().has(key) || (await this.store?.get(PREFIX + key)) === FINISHED;
  }

  async add(messageId: string, handlerName: string): Promise<void> {
    const key = this.keyOf(messageId, handlerName);
    this.finished().set(key, true);
    await this.store?.set(PREFIX + key, FINISHED, LIFETIME_MILLISECONDS);
  }

  /**
   * The key includes the secret of the endpoint, since an event has the same id for every endpoint. Otherwise services that share a store
   * would take each other's handlers for their own.
   */
  private keyOf(messageId: string, handlerName: string): string {
    return this.secret.macOf(JSON.stringify([messageId, handlerName]));
  }
}
