import { fake } from '../../test/support/fake.js';
import { Rejection } from '../rejections/rejection.js';
import type { Call } from '../transports/call.js';
import type { CoreCredentialPlace, CoreKind } from './core-kind.js';
import { TOKENS_OF_USERS } from './credential-places.js';
import { findCredential } from './credentials.js';
import { explainRejection } from './unaccepted-credential.js';

const kindIn = (name: string, ...credential: CoreCredentialPlace[]): CoreKind =>
  fake<CoreKind>({ name, credential, missing: 'credential_missing' });

const inQuery = kindIn('query', { query: 'share' });
const inPath = kindIn('path', { path: 'share' });

/** The credential of a request with this query, or the reason why there is none. */
function foundIn(query: unknown, kinds: readonly CoreKind[] = [inQuery]): unknown {
  const call = fake<Call>({ part: (part) => (part === 'query' ? query : undefined) });
  try {
    return findCredential(call, kinds, () => undefined)?.text;
  } catch (error) {
    return error instanceof Rejection ? error.reason : error;
  }
}

describe('A credential in a parameter', () => {
  it.each<[string, unknown, unknown]>([
    ['is found', { share: 'abc' }, 'abc'],
    ['is missing if it is empty', { share: '' }, undefined],
    ['is missing if another one is there', { other: 'abc' }, undefined],
    ['is missing if only the prototype has it', Object.create({ share: 'abc' }), undefined],
    ['is ambiguous if it is there several times', { share: ['a', 'b'] }, 'credentials_ambiguous'],
    ['is missing if the call has no such part', undefined, undefined],
    ['is missing if the part is null', null, undefined],
    ['is missing if the part is a string', 'share=abc', undefined],
  ])('%s', (_what, query, found) => {
    expect(foundIn(query)).toBe(found);
  });

  it('is that of the kind whose place it is', () => {
    expect(foundIn({ share: 'abc' }, [inPath, inQuery])).toBe('abc');
    expect(foundIn({ share: 'abc' }, [inPath])).toBeUndefined();
  });
});

describe('A rejection for a missing credential', () => {
  const users = fake<CoreKind>({
    ...kindIn('user', TOKENS_OF_USERS),
    missing: 'token_missing',
  });
  const keys = fake<CoreKind>({
    ...kindIn('key', { header: 'x-key' }),
    missing: 'api_key_missing',
  });
  const kinds = { accepted: [inQuery, users], wellKnown: [users, keys] };
  const explain = (headers: Record<string, string>, error: Rejection) =>
    explainRejection(error, { headers }, kinds, true) as Rejection;

  it('says that the request has a credential of another kind, whichever accepted kind misses its own', () => {
    const error = new Rejection('token_missing');
    expect(explain({ 'x-key': 'abc' }, error).reason).toBe('kind_not_accepted');
    expect(explain({}, error)).toBe(error);
  });

  it('says nothing where no accepted kind misses its own', () => {
    const error = new Rejection('api_key_missing');
    expect(explain({ 'x-key': 'abc' }, error)).toBe(error);
  });
});
