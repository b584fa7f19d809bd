import { BoundedMap } from '../store/bounded-map.js';
import { hashOf } from '../../texts.js';

/** How many clients are kept that a user has authorized, and how many that none has. */
export const MAXIMUM_CLIENTS = 1_000;

/** How a client authenticates at the token endpoint. */
export type ClientAuthMethod = 'client_secret_basic' | 'client_secret_post' | 'none';

/** A client that has registered itself. */
export interface McpClient {
  readonly clientId: string;
  /** In seconds since 1970. */
  readonly issuedAt: number;
  /** Only with an authentication method that needs one. The hash, once the client has it. */
  readonly clientSecret?: string;
  readonly clientName?: string;
  readonly redirectUris: readonly string[];
  readonly grantTypes: readonly string[];
  readonly authMethod: ClientAuthMethod;
}

/**
 * The registered clients. Anyone on this machine can register one, so clients without an authorization are kept apart: however many
 * register, clients in use stay.
 */
export class McpClients {
  readonly #registered = new BoundedMap<McpClient>(MAXIMUM_CLIENTS);
  readonly #authorized = new BoundedMap<McpClient>(MAXIMUM_CLIENTS);

  get tables() {
    return { registered: this.#registered.table, authorized: this.#authorized.table };
  }

  add(client: McpClient): void {
    const { clientId, clientSecret } = client;
    this.#registered.set(clientId, {
      ...client,
      clientSecret: clientSecret && hashOf(clientSecret),
    });
  }

  find(id: string): McpClient | undefined {
    return this.#authorized.get(id) ?? this.#registered.get(id);
  }

  /** A user has authorized the client. */
  keep(id: string): void {
    const client = this.#registered.get(id);
    if (client === undefined) return;
    this.#registered.delete(id);
    this.#authorized.set(id, client);
  }

  clear(): void {
    this.#registered.clear();
    this.#authorized.clear();
  }
}
