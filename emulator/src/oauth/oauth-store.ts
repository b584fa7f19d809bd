import type { Project } from '../project/project.js';
import type { StoredTable } from '../project/table.js';
import { McpStore } from './mcp/mcp-store.js';
import { BoundedMap } from './store/bounded-map.js';
import { Grants } from './store/grants.js';

/** How long several requests that an application sends at once may use the same refresh token. */
const REUSE_SECONDS = 60;

const MAXIMUM_SIGN_OUTS = 1_000;

/** What clients of OAuth got and have registered. */
export class OAuthStore {
  /** Of `/propelauth/oauth`: clients that run in a browser, on a device or on a server. */
  readonly clients: Grants;
  /** Of `/propelauth/ssr`: the server of a front end. Its pages and their parts refresh at once. */
  readonly servers: Grants;
  /** Of `/oauth/2.1`. */
  readonly mcp: McpStore;
  /** When a user last signed out of a front end with a server, in milliseconds since 1970, by the id of the user. */
  readonly signOuts = new BoundedMap<number>(MAXIMUM_SIGN_OUTS);

  constructor(project: Project) {
    this.clients = new Grants(project);
    this.servers = new Grants(project, REUSE_SECONDS);
    this.mcp = new McpStore(project);
  }

  /** What outlives the process, by name: not codes, nor access tokens, which clients replace by themselves. */
  get tables(): Readonly<Record<string, StoredTable>> {
    const { clients, servers, mcp } = this;
    return {
      clientGrants: clients.tables.grants,
      clientTokens: clients.tables.refreshTokens,
      serverGrants: servers.tables.grants,
      serverTokens: servers.tables.refreshTokens,
      mcpGrants: mcp.grants.tables.grants,
      mcpTokens: mcp.grants.tables.refreshTokens,
      mcpClients: mcp.clients.tables.registered,
      authorizedMcpClients: mcp.clients.tables.authorized,
      signOuts: this.signOuts.table,
    };
  }

  /** Forgets everything. */
  clear(): void {
    for (const each of [this.clients, this.servers, this.mcp, this.signOuts]) each.clear();
  }
}
