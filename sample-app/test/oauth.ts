import request from 'supertest';
import { WITH_SECRET, type SampleApp } from './sample-app.js';

export const AUTHORIZE = `/propelauth/oauth/authorize?${WITH_SECRET}`;
export const TOKEN = '/propelauth/oauth/token';

/** Where the app of `npm start` is reached, and its own pages say they come from. */
export const ORIGIN = 'http://localhost:3000';

/** From appendix B of RFC 7636. */
export const CODE_VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
export const CODE_CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';

/** Parameters of a request; a list is sent one by one, `undefined` not at all. */
export type Parameters = Readonly<Record<string, string | string[] | undefined>>;

/** What Swagger UI asks for, to get a code. */
export const AUTHORIZATION_REQUEST = {
  response_type: 'code',
  client_id: 'sample-app-docs',
  redirect_uri: `${ORIGIN}/docs/oauth2-redirect.html`,
  state: 'the state',
  code_challenge: CODE_CHALLENGE,
  code_challenge_method: 'S256',
};

/** What Swagger UI asks for, to get an access token for a code. */
export const TOKEN_REQUEST = {
  grant_type: 'authorization_code',
  client_id: 'sample-app-docs',
  redirect_uri: `${ORIGIN}/docs/oauth2-redirect.html`,
  code_verifier: CODE_VERIFIER,
};

/** Where an answer sends the browser. */
export interface Destination {
  /** The address without its query. */
  readonly address: string;
  readonly parameters: Record<string, string>;
}

/** The destination of a `Location` header. */
export function destinationOf({ headers }: request.Response): Destination {
  const url = new URL(headers['location'] as string);
  return {
    address: url.origin + url.pathname,
    parameters: Object.fromEntries(url.searchParams),
  };
}

/** The text of a query or a form. */
export function encode(parameters: Parameters): string {
  const pairs = Object.entries(parameters).flatMap(([name, values]) =>
    [values ?? []].flat().map((value): [string, string] => [name, value]),
  );
  return new URLSearchParams(pairs).toString();
}

/** Asks for the page to sign in on. */
export function askToSignIn({ url }: Pick<SampleApp, 'url'>, parameters: Parameters): request.Test {
  return request(url).get(`${AUTHORIZE}&${encode(parameters)}`);
}

/** Presses a button of that page, as browsers do. */
export function signIn({ url }: Pick<SampleApp, 'url'>, parameters: Parameters): request.Test {
  return request(url)
    .post(AUTHORIZE)
    .set('Origin', ORIGIN)
    .type('form')
    .send(encode({ ...AUTHORIZATION_REQUEST, ...parameters }));
}

/** The code for a user. */
export async function codeOf(
  user: string,
  sampleApp: Pick<SampleApp, 'url'>,
  parameters: Parameters = {},
): Promise<string> {
  const response = await signIn(sampleApp, { user, ...parameters }).expect(303);
  return destinationOf(response).parameters['code'] as string;
}

/** Asks for an access token. */
export function exchange({ url }: Pick<SampleApp, 'url'>, parameters: Parameters): request.Test {
  return request(url)
    .post(TOKEN)
    .type('form')
    .send(encode({ ...TOKEN_REQUEST, ...parameters }));
}
