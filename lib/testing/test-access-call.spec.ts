import { fromHeader, fromInput, fromQuery, resource, type AccessCall } from 'nestjs-propelauth';
import { accessCall } from './test-access-call.js';

class DocumentLoader {
  readonly name = 'document';
  readonly id = fromInput('documentId');

  load() {
    return null;
  }
}

/** What a rule of an application may be. */
function authorize({ userId, org }: AccessCall<'userId' | 'org'>): boolean {
  return userId === 'alice' && org.isAtLeastRole('Member');
}

describe('accessCall()', () => {
  it('has a user and an organization for a rule that needs them', () => {
    const org = { orgId: 'acme', role: 'Admin', inheritedRoles: ['Member'] };
    expect(authorize(accessCall({ userId: 'alice', org }))).toBe(true);
    expect(accessCall({ userId: 'alice', org }).caller).toEqual({
      kind: 'user',
      key: 'user:alice',
      userId: 'alice',
    });
    expect(authorize(accessCall({ userId: 'bob', org }))).toBe(false);
  });

  it('has nothing that a test leaves out', async () => {
    const call = accessCall();
    expect(call).toMatchObject({ caller: null, userId: undefined, org: null, headers: {} });
    expect(call).toMatchObject({ transport: 'http', context: null, handler: null });
    expect(call.read(fromQuery('page'))).toBeUndefined();
    expect(await accessCall({ resources: [] }).load(DocumentLoader)).toBeNull();
    // Else a test that expects a denial would pass without the row that it is about.
    await expect(call.load(DocumentLoader)).rejects.toThrow(
      'The rule loads a row of DocumentLoader. Pass resources: [resource(DocumentLoader, row)] to accessCall(), or [] for no row.',
    );
  });

  it('reads the values and loads the rows of a test', async () => {
    const row = { id: '7' };
    const call = accessCall({
      values: [[fromQuery('page'), '2']],
      resources: [resource(DocumentLoader, row)],
      headers: { 'x-link': 'right' },
      address: '192.0.2.1',
      transport: 'graphql',
    });
    expect(call.read(fromQuery('page'))).toBe('2');
    expect(call.read(fromHeader('page'))).toBeUndefined();
    expect(await call.load(DocumentLoader)).toBe(row);
    expect(call).toMatchObject({ address: '192.0.2.1', transport: 'graphql' });
    expect(call.headers).toEqual({ 'x-link': 'right' });
  });

  it('has another caller than a user, and cannot be changed', () => {
    const caller = { kind: 'api-key', key: 'org:acme', orgId: 'acme' } as const;
    const call = accessCall({ caller: caller as never });
    expect(call.caller).toBe(caller);
    expect(() => Object.assign(call, { caller: null })).toThrow(TypeError);
  });
});
