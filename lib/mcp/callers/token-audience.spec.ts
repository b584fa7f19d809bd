import type { Introspection } from './introspection.js';
import { describeMismatch, isIssuedFor } from './token-audience.js';

const OWN = 'https://api.example.com/mcp';
const OTHER = 'https://other.example.com/mcp';
const of = (audiences: Partial<Introspection>) => audiences as Introspection;

describe('An MCP token', () => {
  it.each<[string, Partial<Introspection>, boolean]>([
    ['aud names it', { aud: [OWN] }, true],
    ['resource names it, with a slash', { resource: [`${OWN}/`] }, true],
    ['both name it, among others', { aud: [OTHER, OWN], resource: [OWN] }, true],
    ['only one names it', { aud: [OWN], resource: [OTHER] }, false],
    ['there is none', {}, false],
    ['aud is empty', { aud: [] }, false],
  ])('is for the resource when %s: %j', (_what, audiences, outcome) => {
    expect(isIssuedFor(OWN, of(audiences))).toBe(outcome);
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
