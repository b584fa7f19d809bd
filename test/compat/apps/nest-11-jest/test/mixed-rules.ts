import { accessToken, ORG_ID } from './issuer';

const SETTINGS = `orgs/${ORG_ID}/settings`;
const UNAUTHORIZED = { message: 'Unauthorized', statusCode: 401, code: 'token_missing' };
const FORBIDDEN = { message: 'Forbidden', statusCode: 403, code: 'org_access_denied' };

interface Call {
  /** What the controller returns, and when. */
  name: string;
  path: string;
  token?: string;
  answer: { status: number; body: unknown };
}

/** The calls of a controller with mixed rules and `@RequireUser()` on its class. */
export const calls: Call[] = [
  {
    name: '200 without a token under @Public()',
    path: 'status',
    answer: { status: 200, body: { status: 'ok' } },
  },
  {
    name: '401 without a token under the rule of the class',
    path: 'account',
    answer: { status: 401, body: UNAUTHORIZED },
  },
  {
    name: '200 for a user under the rule of the class, and injects the user',
    path: 'account',
    token: accessToken(),
    answer: { status: 200, body: { userId: 'alice', isUser: true } },
  },
  {
    name: '401 without a token if a role is required',
    path: SETTINGS,
    answer: { status: 401, body: UNAUTHORIZED },
  },
  {
    name: '403 for a lower role',
    path: SETTINGS,
    token: accessToken('Member'),
    answer: { status: 403, body: FORBIDDEN },
  },
  {
    name: '200 for the required role, and injects the user',
    path: SETTINGS,
    token: accessToken('Admin'),
    answer: { status: 200, body: { readBy: 'alice' } },
  },
];

/** The handlers that the calls reach, in this order. */
export const reachedHandlers = ['status', 'account', 'settings'];

/** Makes a call of the controller at this URL. */
export async function makeCall(
  { path, token }: Pick<Call, 'path' | 'token'>,
  controllerUrl: string,
) {
  const headers: Record<string, string> =
    token === undefined ? {} : { authorization: `Bearer ${token}` };
  const response = await fetch(`${controllerUrl}/${path}`, { headers });
  return { status: response.status, body: (await response.json()) as unknown };
}
