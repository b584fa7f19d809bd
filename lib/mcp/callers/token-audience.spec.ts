import { activeToken } from '../../../test/support/introspection.js';
import { readIntrospection, type Introspection } from './introspection.js';
import { describeMismatch, isIssuedFor } from './token-audience.js';

const OWN = 'https://api.example.com/mcp';
const OTHER = 'https://other.example.com/mcp';
const of = (audiences: Partial<Introspection>) => audiences as Introspection;

/** Whether a token is for a resource if PropelAuth says this of it. */
const isFor = (resource: string, said: object) =>
  isIssuedFor(resource, readIntrospection(activeToken({ aud: undefined, ...said })));

describe('An MCP token', () => {
  it.each<[string, object]>([
    ['aud', { aud: OWN }],
    ['aud, with a slash', { aud: `${OWN}/` }],
    ['aud, among others', { aud: [OTHER, OWN] }],
    ['resource', { resource: OWN }],
    ['resource, in an array', { aud: null, resource: [`${OWN}/`] }],
    ['both', { aud: `${OWN}/`, resource: [OTHER, OWN] }],
  ])('is for the resource that it has in %s', (_what, said) => {
    for (const resource of [OWN, `${OWN}/`]) expect(isFor(resource, said)).toBe(true);
  });

  it('is for a host without a path, with or without a trailing slash', () => {
    const host = 'https://api.example.com';
    for (const aud of [host, `${host}/`]) {
      for (const resource of [host, `${host}/`]) expect(isFor(resource, { aud })).toBe(true);
    }
  });

  it.each<[string, object]>([
    ['missing', {}],
    ['null', { aud: null, resource: null }],
    ['empty', { aud: '' }],
    ['an empty list', { aud: [] }],
    ['malformed', { aud: { url: OWN } }],
    ['malformed in one place', { aud: [OWN, 7] }],
    ['foreign', { aud: OTHER }],
    ['foreign in an array', { resource: [OTHER] }],
    ['contradictory', { aud: OWN, resource: OTHER }],
    ['contradictory in the other order', { aud: [OTHER], resource: OWN }],
    ['partly empty', { aud: OWN, resource: [] }],
    ['with two slashes', { aud: `${OWN}//` }],
    ['in another case', { aud: OWN.toUpperCase() }],
    ['only the host', { aud: 'https://api.example.com' }],
    ['longer', { aud: `${OWN}/admin` }],
    ['with a query', { aud: `${OWN}?` }],
    ['with white space', { aud: ` ${OWN}` }],
    ['several in one string', { aud: `${OWN} ${OTHER}` }],
    ['the client', { aud: 'client-of-alice' }],
  ])('is not for the resource if its audience is %s', (_what, said) => {
    expect(isFor(OWN, said)).toBe(false);
  });

  it('for another resource is logged with its audience and a fix', () => {
    const words = describeMismatch(OWN, of({ aud: [OTHER, 'b'], resource: [] }));
    expect(words).toBe(
      `mcpServer.resource is ${OWN}, so an MCP token for another resource is rejected with 401. If one of your ` +
        'MCP clients sent it, set mcpServer.resource to the URL that the client connects to. The token is for: ' +
        `${OTHER} b, none`,
    );
  });

  it('without an audience is logged with a fix', () => {
    expect(describeMismatch(OWN, of({}))).toBe(
      'PropelAuth returned an MCP token without aud and resource, so the token is rejected with 401. ' +
        'If this happens to all your MCP clients, ask PropelAuth to return the resource from token introspection.',
    );
  });
});
