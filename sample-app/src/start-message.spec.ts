import type { HandlerDescription } from 'nestjs-propelauth';
import { startMessage } from './start-message.js';

const HANDLER = {
  transport: 'http' as const,
  controller: 'Controller',
  handler: 'handler',
  access: 'required' as const,
  callers: { user: 'any' },
  rules: {},
};

const HANDLERS: HandlerDescription[] = [
  { ...HANDLER, name: 'GET /', summary: 'user' },
  { ...HANDLER, name: 'POST /orgs/:orgId', summary: 'Admin and above of the org in path orgId' },
];

describe('startMessage()', () => {
  const message = startMessage('http://localhost:3000', HANDLERS);

  it('prints the addresses of the app and its documentation', () => {
    expect(message).toMatch(/^The sample app runs at http:\/\/localhost:3000$/m);
    expect(message).toMatch(/^ {2}Docs {2}http:\/\/localhost:3000\/docs$/m);
  });

  it.each([
    '  GET /              user',
    '  POST /orgs/:orgId  Admin and above of the org in path orgId',
  ])('lists who may call which route: %s', (line) => {
    expect(message.split('\n')).toContain(line);
  });
});
