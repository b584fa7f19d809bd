import { once } from 'node:events';
import { createServer } from 'node:http';
import {
  Client,
  StreamableHTTPClientTransport,
  UnauthorizedError,
} from '@modelcontextprotocol/client';

/**
 * The official client as an assistant on this machine uses it: it knows the address of the MCP server and nothing else, and its user signs in
 * with a browser. It remembers its registration and its tokens.
 */
export class McpAssistant {
  /** What it sent, in order, with what it got: `POST /mcp 401`. */
  requests = [];
  /** The addresses at which its user had to sign in. */
  signIns = [];
  /** Its tokens. Change them to see what it does without, or with others. */
  savedTokens;

  #signIn;
  #server;
  #registration;
  #verifier;
  #discovery;
  #state;

  /**
   * @param {string} url the address of the MCP server
   * @param {(url: string) => Promise<void>} signIn has the user sign in and agree, and returns the address at which the browser came back
   */
  constructor(url, signIn) {
    this.url = new URL(url);
    this.#signIn = signIn;
  }

  /** Listens for browsers that come back. */
  async start() {
    this.#server = createServer((_request, response) => response.end('You can close this window.'));
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  stop() {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  /** Calls a tool, over a connection of its own. */
  callTool(name, args = {}) {
    return this.use((client) => client.callTool({ name, arguments: args }));
  }

  async toolNames() {
    const { tools } = await this.use((client) => client.listTools());
    return tools.map(({ name }) => name).toSorted();
  }

  /** Does something with a connected client. What needs a sign-in is done again after it. */
  async use(work) {
    const transport = new StreamableHTTPClientTransport(this.url, {
      authProvider: this.#provider(),
      fetch: (url, init) => this.#fetch(url, init),
    });
    const client = new Client({ name: 'assistant', version: '1.0.0' });
    try {
      await client.connect(transport);
      return await work(client);
    } catch (error) {
      if (!(error instanceof UnauthorizedError)) throw error;
      await this.#finishSignIn(transport);
      return await this.use(work);
    } finally {
      await client.close();
    }
  }

  async #finishSignIn(transport) {
    const returned = await this.#signIn(this.signIns.at(-1), this.redirectUrl);
    const parameters = new URL(returned).searchParams;
    if (parameters.get('state') !== this.#state) throw new Error('Another state came back');
    if (parameters.has('error')) throw new Error(parameters.get('error'));
    await transport.finishAuth(parameters);
  }

  get redirectUrl() {
    return `http://127.0.0.1:${this.#server.address().port}/callback`;
  }

  /** What the client asks of whoever uses it (`OAuthClientProvider`). */
  #provider() {
    return {
      redirectUrl: this.redirectUrl,
      clientMetadata: {
        client_name: 'Assistant',
        redirect_uris: [this.redirectUrl],
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        token_endpoint_auth_method: 'none',
      },
      state: () => (this.#state = crypto.randomUUID()),
      clientInformation: () => this.#registration,
      saveClientInformation: (registration) => (this.#registration = registration),
      tokens: () => this.savedTokens,
      saveTokens: (tokens) => (this.savedTokens = tokens),
      discoveryState: () => this.#discovery,
      saveDiscoveryState: (discovery) => (this.#discovery = discovery),
      codeVerifier: () => this.#verifier,
      saveCodeVerifier: (verifier) => (this.#verifier = verifier),
      redirectToAuthorization: (url) => void this.signIns.push(url.href),
    };
  }

  async #fetch(url, init) {
    const response = await fetch(url, init);
    this.requests.push(`${init?.method ?? 'GET'} ${new URL(url).pathname} ${response.status}`);
    return response;
  }
}
