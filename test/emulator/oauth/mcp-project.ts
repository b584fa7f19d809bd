import { createEmulator, createSecrets, type Emulator, type Seed } from 'propelauth-emulator';
import { Browser } from './browser.js';

export const ORIGIN = 'https://auth.example.com';
export const RESOURCE = 'https://api.example.com/mcp';
export const ACME = 'acce0000-0000-4000-8000-000000000000';
export const BETA = 'be4a0000-0000-4000-8000-000000000000';
export const ALICE = 'a11ce000-0000-4000-8000-000000000001';
export const DAVE = 'da4e0000-0000-4000-8000-000000000004';
export const SCOPES = ['read:reports', 'write:reports'];

const SEED: Seed = {
  orgs: [
    { name: 'Acme <Inc>', orgId: ACME },
    { name: 'Beta', orgId: BETA },
  ],
  users: [
    {
      name: 'alice',
      firstName: '<b>Alice</b>',
      userId: ALICE,
      orgs: [
        { org: 'Acme <Inc>', role: 'Admin' },
        { org: 'Beta', role: 'Member' },
      ],
    },
    { name: 'dave', userId: DAVE },
  ],
};

/** An authorization server, and a resource that its tokens are for. */
export interface AuthorizationServer {
  readonly origin: string;
  readonly resource: string;
  readonly fetch: typeof globalThis.fetch;
  /** Of a user of this machine. */
  newBrowser(): Promise<Browser>;
}

/** The emulator as an authorization server. */
export interface McpProject extends AuthorizationServer {
  readonly emulator: Emulator;
}

/** Creating them is slow. No test replaces them. */
const secrets = createSecrets();

/** One with the users of the tests, without a port. */
export async function createProject(authUrl = ORIGIN): Promise<McpProject> {
  const emulator = await createEmulator({ seed: SEED, authUrl, secrets: await secrets });
  const { fetch } = emulator;
  return {
    emulator,
    origin: authUrl,
    resource: RESOURCE,
    fetch,
    newBrowser: async () => new Browser(authUrl, fetch),
  };
}

/** Asks the introspection endpoint about a token, as the package asks PropelAuth. */
export function introspect(
  { emulator: { issuer }, fetch, origin }: McpProject,
  token: string,
  authorization: string | null = basic(
    issuer.introspection.clientId,
    issuer.introspection.clientSecret,
  ),
): Promise<Response> {
  return fetch(`${origin}/oauth/2.1/introspect`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      ...(authorization !== null && { authorization }),
    },
    body: new URLSearchParams({ token, token_type_hint: 'access_token' }).toString(),
  });
}

export function basic(id: string, secret: string): string {
  return `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
}
