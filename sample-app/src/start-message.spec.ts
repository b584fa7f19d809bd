import type { HandlerDescription } from 'nestjs-propelauth';
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
};

const HANDLERS: HandlerDescription[] = [
  { ...HANDLER, name: 'GET /', summary: 'user' },
  { ...HANDLER, name: 'POST /orgs/:orgId', summary: 'Admin and above of the org in path orgId' },
];

describe('startMessage() with the local issuer', () => {
  const message = startMessage(readConfiguration({ PORT: '4000' }, ['--local-issuer']), HANDLERS);

  it('names the addresses of the app and of its documentation', () => {
    expect(message).toMatch(/^ {2}App +http:\/\/localhost:4000$/m);
    expect(message).toMatch(/^ {2}Docs +http:\/\/localhost:4000\/docs$/m);
  });

  it.each([
    '  GET /              user',
    '  POST /orgs/:orgId  Admin and above of the org in path orgId',
  ])('says who may call which route: %s', (line) => {
    expect(message.split('\n')).toContain(line);
  });

  it.each([
    '  alice  Owner   can_view_billing',
    '  bob    Admin   can_view_billing',
    '  carol  Member',
    '  dave   in no organization',
  ])('lists %s', (line) => {
    expect(message.split('\n')).toContain(line);
  });

  it('names the organization that routes ask for', () => {
    expect(message).toContain('Acme Inc (acce0000-0000-4000-8000-000000000000)');
  });
});

describe('startMessage() with a PropelAuth project', () => {
  const message = startMessage(
    readConfiguration({ PROPELAUTH_AUTH_URL: AUTH_URL, PROPELAUTH_API_KEY: API_KEY }, []),
    HANDLERS,
  );

  it('says where an access token comes from', () => {
    expect(message).toContain(`${AUTH_URL}/api/v1/refresh_token`);
  });

  it('names the addresses of the app and of its documentation', () => {
    expect(message).toMatch(/^ {2}App +http:\/\/localhost:3000$/m);
    expect(message).toMatch(/^ {2}Docs +http:\/\/localhost:3000\/docs$/m);
  });

  it('has nothing of the local issuer', () => {
    expect(message).not.toMatch(/alice|local issuer|user=|Users/);
  });

  it('does not show the API key', () => {
    expect(message).not.toContain(API_KEY);
  });
});
