import { activeToken } from '../../../test/support/introspection.js';
import { ACME_ID } from '../../../test/support/project.js';
import { Rejection } from '../../rejections/rejection.js';
import { readIntrospection } from './introspection.js';
import { RESOURCE } from '../../../test/support/mcp-options.js';

/** The reason that an answer is rejected for. */
function rejectionOf(answer: unknown): string {
  try {
    return `accepted: ${JSON.stringify(readIntrospection(answer))}`;
  } catch (error) {
    if (error instanceof Rejection) return error.reason;
    throw error;
  }
}

describe('An introspection', () => {
  it('is read with all known properties, and no others', () => {
    expect(readIntrospection(activeToken())).toEqual({
      token: {
        userId: 'user-alice',
        clientId: 'client-of-alice',
        scopes: ['read:reports'],
        orgId: ACME_ID,
        expiresAt: 4_080_000_000,
      },
      issuedAt: 1_750_000_000,
      aud: [RESOURCE],
      resource: undefined,
    });
  });

  it('is deeply frozen, because requests share it', () => {
    const introspection = readIntrospection(activeToken({ resource: [RESOURCE] }));
    for (const part of [
      introspection,
      introspection.token,
      introspection.token.scopes,
      introspection.aud,
      introspection.resource,
    ]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
  });

  it.each([
    [undefined, []],
    [null, []],
    ['', []],
    [' ', []],
    ['a', ['a']],
    ['a b:c  d/e ', ['a', 'b:c', 'd/e']],
    ['a a', ['a']],
    ['a\tb c\nd e"f g\\h é i', ['i']],
    ['a", error="invalid', []],
  ])('with the scope %j has the scopes %j', (scope, scopes) => {
    expect(readIntrospection(activeToken({ scope })).token.scopes).toEqual(scopes);
  });

  it.each([undefined, null, 'Bearer', 'bearer', 'BEARER', 'access_token', 'Access_Token'])(
    'is accepted with the token type %j',
    (token_type) => {
      expect(readIntrospection(activeToken({ token_type })).token.userId).toBe('user-alice');
    },
  );

  it.each(['refresh_token', 'DPoP', 'N_A', '', ' bearer', 'bearer\n', 'bearer refresh_token'])(
    'is rejected with the token type %j',
    (token_type) => {
      expect(rejectionOf(activeToken({ token_type }))).toBe('mcp_token_invalid');
    },
  );

  it.each([undefined, null, ''])('with the org_id %j has no organization', (org_id) => {
    expect(readIntrospection(activeToken({ org_id })).token).not.toHaveProperty('orgId');
  });

  it('of the beginning of time has an issue time', () => {
    expect(readIntrospection(activeToken({ iat: 0 })).issuedAt).toBe(0);
  });

  it.each([undefined, null])('with the iat %j has no issue time', (iat) => {
    expect(readIntrospection(activeToken({ iat })).issuedAt).toBeUndefined();
  });

  it.each<[string, Record<string, unknown>]>([
    ['that is not active', { active: false }],
    ['without a sub', { sub: undefined }],
    ['with null for sub', { sub: null }],
    ['with an empty sub', { sub: '' }],
    ['without an exp', { exp: undefined }],
    ['with null for exp', { exp: null }],
  ])('%s is rejected', (_what, changes) => {
    expect(rejectionOf(activeToken(changes))).toBe('mcp_token_invalid');
  });

  it.each<[string, unknown]>([
    ['null', null],
    ['a string', 'active'],
    ['true', true],
    ['an array', [activeToken()]],
    ['an empty object', {}],
    ...['true', 'false', 1, 0, null, [true], {}].map((active): [string, unknown] => [
      `active: ${JSON.stringify(active)}`,
      activeToken({ active }),
    ]),
    ...Object.entries({
      sub: [7, ['user-alice'], {}, true],
      client_id: [undefined, null, '', 7, ['a'], {}],
      scope: [7, ['read:reports'], {}, true],
      org_id: [7, [ACME_ID], {}, true],
      token_type: [7, ['Bearer'], {}],
      exp: ['4080000000', [4_080_000_000], {}, true, -1, 1e11, 4_080_000_000_000],
      iat: ['1750000000', [], {}, true, -1, 1_750_000_000_000],
    }).flatMap(([field, values]) =>
      values.map((value): [string, unknown] => [
        `${field}: ${JSON.stringify(value)}`,
        activeToken({ [field]: value }),
      ]),
    ),
  ])('is unusable as %s', (_what, answer) => {
    expect(rejectionOf(answer)).toBe('propelauth_unavailable');
    expect(() => readIntrospection(answer)).toThrow(
      'PropelAuth returned an invalid response about an MCP token',
    );
  });

  it.each(['aud', 'resource'])('lists the resources of %s', (field) => {
    const read = (value: unknown) =>
      readIntrospection(activeToken({ aud: undefined, [field]: value }))[field as 'aud'];
    expect(read(undefined)).toBeUndefined();
    expect(read(null)).toBeUndefined();
    expect(read(RESOURCE)).toEqual([RESOURCE]);
    expect(read(['a', RESOURCE])).toEqual(['a', RESOURCE]);
    for (const notUnderstood of [[], 7, true, {}, [RESOURCE, 7], [[RESOURCE]]]) {
      expect(read(notUnderstood)).toEqual([]);
    }
  });
});
