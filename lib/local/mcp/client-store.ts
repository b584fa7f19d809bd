import { LRUCache } from 'lru-cache';
import type { Adapter, AdapterPayload } from 'oidc-provider';

/** How many clients are kept that a user has authorized, and how many that none has. */
export const MAXIMUM_CLIENTS = 1_000;

/**
 * The registered clients. Anyone on this machine can register one, so clients without an authorization are kept apart: however many
 * register, clients in use stay.
 */
export class ClientStore implements Adapter {
  private readonly registered = new LRUCache<string, AdapterPayload>({ max: MAXIMUM_CLIENTS });
  private readonly authorized = new LRUCache<string, AdapterPayload>({ max: MAXIMUM_CLIENTS });

  async upsert(id: string, client: AdapterPayload): Promise<void> {
    this.registered.set(id, client);
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    return this.authorized.get(id) ?? this.registered.get(id);
  }

  /** A user has authorized the client. */
  keep(id: string): void {
    const client = this.registered.get(id);
    if (client === undefined) return;
    this.registered.delete(id);
    this.authorized.set(id, client);
  }

  async destroy(id: string): Promise<void> {
    this.registered.delete(id);
    this.authorized.delete(id);
  }

  async findByUid(): Promise<void> {}
  async findByUserCode(): Promise<void> {}
  async consume(): Promise<void> {}
  async revokeByGrantId(): Promise<void> {}
}
