import { createEmulator, createSecrets, type Emulator, type Seed } from 'propelauth-emulator';

export const ORIGIN = 'http://localhost:4000';
export const ACME = 'acce0000-0000-4000-8000-000000000000';
export const OTHER_ORG = '0e1f0000-0000-4000-8000-000000000000';
export const ALICE = 'a11ce000-0000-4000-8000-000000000001';
/** Of an application on another port. */
export const REDIRECT_URI = 'http://localhost:3000/docs/oauth2-redirect.html';
export const AUTHORIZE = '/propelauth/oauth/authorize';
export const TOKEN = '/propelauth/oauth/token';

/** From appendix B of RFC 7636. */
export const CODE_VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
export const CODE_CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';

/** Parameters of a request; a list is sent one by one, `undefined` not at all. */
export type Parameters = Readonly<Record<string, string | string[] | undefined>>;

/** What Swagger UI asks for, to get a code. */
export const AUTHORIZATION_REQUEST = {
  response_type: 'code',
  client_id: 'docs',
  redirect_uri: REDIRECT_URI,
  state: 'the state',
  code_challenge: CODE_CHALLENGE,
  code_challenge_method: 'S256',
};

/** What Swagger UI asks for, to get an access token for a code. */
export const TOKEN_REQUEST = {
  grant_type: 'authorization_code',
  client_id: 'docs',
  redirect_uri: REDIRECT_URI,
  code_verifier: CODE_VERIFIER,
};

const SEED: Seed = {
  orgs: [
    { name: 'Acme', orgId: ACME },
    { name: 'Other', orgId: OTHER_ORG },
  ],
  users: [
    { name: 'alice', userId: ALICE, orgs: [{ org: 'Acme', role: 'Owner' }] },
    { name: 'dave' },
  ],
};

const secrets = createSecrets();

export async function createProject(allowedOrigins: readonly string[] = []): Promise<Emulator> {
  return createEmulator({ seed: SEED, authUrl: ORIGIN, secrets: await secrets, allowedOrigins });
}

/** The text of a query or a form. */
export function encode(parameters: Parameters): URLSearchParams {
  const pairs = Object.entries(parameters).flatMap(([name, values]) =>
    [values ?? []].flat().map((value): [string, string] => [name, value]),
  );
  return new URLSearchParams(pairs);
}

/** Asks for the page to sign in on. */
export function askToSignIn(emulator: Emulator, parameters: Parameters = {}): Promise<Response> {
  const query = encode({ ...AUTHORIZATION_REQUEST, ...parameters }).toString();
  return emulator.fetch(`${ORIGIN}${AUTHORIZE}?${query}`);
}

/** Presses a button of that page, as browsers do. */
export function signIn(
  emulator: Emulator,
  parameters: Parameters,
  origin: string | undefined = ORIGIN,
): Promise<Response> {
  return emulator.fetch(ORIGIN + AUTHORIZE, {
    method: 'POST',
    body: encode({ ...AUTHORIZATION_REQUEST, ...parameters }),
    headers: origin === '' ? {} : { origin },
  });
}

/** The code for a user. */
export async function codeOf(
  emulator: Emulator,
  user: string,
  parameters: Parameters = {},
): Promise<string> {
  const response = await signIn(emulator, { user, ...parameters });
  return destinationOf(response).parameters['code'] as string;
}

/** Asks for an access token. */
export function exchange(
  emulator: Emulator,
  parameters: Parameters,
  headers: Record<string, string> = {},
): Promise<Response> {
  return emulator.fetch(ORIGIN + TOKEN, {
    method: 'POST',
    body: encode({ ...TOKEN_REQUEST, ...parameters }),
    headers,
  });
}

/** Where a response sends the browser. */
export function destinationOf({ status, headers }: Response): {
  readonly address: string;
  readonly parameters: Record<string, string>;
} {
  expect(status).toBe(303);
  const url = new URL(headers.get('location') ?? '');
  return {
    address: url.origin + url.pathname,
    parameters: Object.fromEntries(url.searchParams),
  };
}
