import { LRUCache } from 'lru-cache';
import type { Adapter, AdapterFactory, AdapterPayload } from 'oidc-provider';
import { ClientStore } from './client-store.js';

/** How many of each kind are kept. The least recently used ones go first. Sessions are not kept: each request asks who the user is. */
export const MAXIMA: Readonly<Record<string, number>> = {
  Interaction: 100,
  AuthorizationCode: 100,
  Grant: 1_000,
  AccessToken: 10_000,
  RefreshToken: 10_000,
};

/** Uses the same clock as `oidc-provider`. */
const CLOCK = { now: () => Date.now() };

/** Where the authorization server keeps what it issues: in this process, with bounds. It ends with the process. */
export function memoryStore(clients: ClientStore): AdapterFactory {
  const stores = new Map<string, Adapter>([['Client', clients]]);
  return (kind) => {
    const known = stores.get(kind);
    if (known !== undefined) return known;
    const maximum = MAXIMA[kind];
    const store = maximum === undefined ? new NoStore() : new BoundedStore(maximum);
    stores.set(kind, store);
    return store;
  };
}

/** Keeps nothing. */
class NoStore implements Adapter {
  async upsert(): Promise<void> {}
  async find(): Promise<void> {}
  async findByUid(): Promise<void> {}
  async findByUserCode(): Promise<void> {}
  async consume(): Promise<void> {}
  async destroy(): Promise<void> {}
  async revokeByGrantId(): Promise<void> {}
}

/** Keeps things of one kind. */
class BoundedStore implements Adapter {
  private readonly kept: LRUCache<string, AdapterPayload>;

  constructor(max: number) {
    this.kept = new LRUCache({ max, ttlResolution: 0, perf: CLOCK });
  }

  async upsert(id: string, payload: AdapterPayload, lifetimeSeconds?: number): Promise<void> {
    const ttl = lifetimeSeconds === undefined ? undefined : lifetimeSeconds * 1000;
    this.kept.set(id, payload, { ttl });
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    return this.kept.get(id);
  }

  /** A code or refresh token that was used stays, so that its second use is noticed. */
  async consume(id: string): Promise<void> {
    const payload = this.kept.get(id);
    if (payload) payload.consumed = Math.floor(Date.now() / 1000);
  }

  async destroy(id: string): Promise<void> {
    this.kept.delete(id);
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    for (const [id, payload] of this.kept.entries()) {
      if (payload.grantId === grantId) this.kept.delete(id);
    }
  }

  async findByUid(): Promise<void> {}
  async findByUserCode(): Promise<void> {}
}
