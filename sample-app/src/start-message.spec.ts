import type { HandlerDescription } from 'nestjs-propelauth';
import type { PropelAuthConfiguration } from './configuration/configuration.js';
import { readConfiguration } from './configuration/read-configuration.js';
import { startMessage } from './start-message.js';

const AUTH_URL = 'https://auth.example.com';
const API_KEY = 'integration-key-that-must-never-be-seen';

const HANDLER = {
  transport: 'http' as const,
  controller: 'Controller',
  handler: 'handler',
  access: 'user' as const,
  deniesImpersonation: false,
  orgRules: [],
  orgSources: [],
  stepUpActions: [],
  scopes: [],
};

const HANDLERS: HandlerDescription[] = [
  { ...HANDLER, name: 'GET /', summary: 'user' },
  { ...HANDLER, name: 'POST /orgs/:orgId', summary: 'Admin and above of the org in path orgId' },
];

describe('startMessage()', () => {
  const message = startMessage(
    readConfiguration(
      { PROPELAUTH_AUTH_URL: AUTH_URL, PROPELAUTH_API_KEY: API_KEY },
      [],
    ) as PropelAuthConfiguration,
    HANDLERS,
  );

  it('says how to get an access token', () => {
    expect(message).toContain(`${AUTH_URL}/api/v1/refresh_token`);
  });

  it('prints the addresses of the app and its documentation', () => {
    expect(message).toMatch(/^ {2}App +http:\/\/localhost:3000$/m);
    expect(message).toMatch(/^ {2}Docs +http:\/\/localhost:3000\/docs$/m);
  });

  it.each([
    '  GET /              user',
    '  POST /orgs/:orgId  Admin and above of the org in path orgId',
  ])('lists who may call which route: %s', (line) => {
    expect(message.split('\n')).toContain(line);
  });

  it('does not show the API key', () => {
    expect(message).not.toContain(API_KEY);
  });
});
