import {
  authorization,
  client,
  clientWithUser,
  IdentifierSetup,
  ofOrg,
  personal,
  TOKEN,
  verified,
  xApiKey,
  type Headers,
} from '../../test/callers/identifier-setup.js';
import { Rejection } from '../rejections/rejection.js';
import { callOf } from '../transports/call-of.js';
import { callersOf, type CallersName } from '../../test/support/callers.js';

const KEY = 'a1b2c3';
const both = { ...authorization(TOKEN), ...xApiKey(KEY) };

/** The mode of the rules, the credentials of the call, the expected caller, and the look-ups that find it. */
type Row = [
  mode: CallersName,
  what: string,
  headers: Headers,
  caller: unknown,
  questions: string[],
];

const rows: Row[] = [
  ['public', 'a token', authorization(TOKEN), verified, ['token']],
  ['public', 'a token beside an API key', both, verified, ['token']],
  ['public', 'an API key', xApiKey(KEY), null, []],
  ['public', 'nothing', {}, null, []],
  ['user', 'a token', authorization(TOKEN), verified, ['token']],
  ['user', 'a token beside an API key', both, verified, ['token']],
  ['optional', 'a token beside an API key', both, verified, ['token']],
  ['user-or-api-key', 'an API key after Bearer', authorization(KEY), personal, ['key']],
  ['user', 'an API key', xApiKey(KEY), null, []],
  ['optional', 'an API key', xApiKey(KEY), null, []],
  ['api-key', 'a token', authorization(TOKEN), null, []],
  ['api-key', 'an API key', xApiKey(KEY), personal, ['key']],
  ['user-or-api-key', 'a token', authorization(TOKEN), verified, ['token']],
  ['user-or-api-key', 'an API key', xApiKey(KEY), personal, ['key']],
  ['nobody', 'a token', authorization(TOKEN), null, []],
];

describe('Callers, asked who calls,', () => {
  it.each(rows)(
    'identifies the caller under rules for %s: %s',
    async (mode, _what, headers, caller, asked) => {
      const setup = new IdentifierSetup({ callers: callersOf(mode) });
      expect(await setup.anyone(setup.http(headers))).toBe(caller);
      expect(setup.questions).toEqual(asked);
    },
  );

  it.each(rows)(
    'recalls a known caller under rules for %s: %s',
    async (mode, _what, headers, caller, asked) => {
      const setup = new IdentifierSetup({ callers: callersOf(mode) });
      expect(await setup.known(setup.http(headers))).toBe(caller);
      expect(setup.questions).toEqual(asked.map((question) => `known ${question}`));
    },
  );

  it('returns null for a credential that is not cached', async () => {
    const setup = new IdentifierSetup({ callers: callersOf('user-or-api-key') });
    setup.knownUser = undefined;
    setup.knownKey = undefined;
    expect(await setup.known(setup.http(authorization(TOKEN)))).toBeNull();
    expect(await setup.known(setup.http(xApiKey(KEY)))).toBeNull();
  });

  it.each<CallersName>(['api-key', 'user-or-api-key'])(
    'returns null for two credentials under rules for %s',
    async (mode) => {
      const setup = new IdentifierSetup({ callers: callersOf(mode) });
      expect(await setup.anyone(setup.http(both))).toBeNull();
      expect(setup.questions).toEqual([]);
    },
  );

  it('accepts either kind of API key, even if the rules require one kind', async () => {
    const setup = new IdentifierSetup({ callers: callersOf('api-key', 'personal') });
    setup.apiKey = async () => ofOrg;
    expect(await setup.anyone(setup.http(xApiKey(KEY)))).toBe(ofOrg);
  });

  it.each([
    ['returns null if PropelAuth rejects the credential', new Rejection('api_key_unknown'), null],
    ['rejects during an outage', new Rejection('propelauth_unavailable'), 'propelauth_unavailable'],
    ['rejects with an unexpected error', new TypeError('fault'), new TypeError('fault')],
  ])('%s', async (_what, error, outcome) => {
    const setup = new IdentifierSetup({ callers: callersOf('user-or-api-key') });
    setup.apiKey = () => Promise.reject(error);
    setup.token = () => Promise.reject(error);
    expect(await setup.anyone(setup.http(xApiKey(KEY)))).toEqual(outcome);
    expect(await setup.anyone(setup.http(authorization(TOKEN)))).toEqual(outcome);
  });

  it('requests the user of an MCP token, but not when it only recalls the client', async () => {
    const setup = new IdentifierSetup({ callers: callersOf('mcp') });
    const context = setup.http(authorization(TOKEN));
    expect(await setup.anyone(context)).toBe(clientWithUser);
    expect(setup.asked).toEqual([
      ['client', TOKEN, callOf(context)],
      ['present user', client, setup.policy],
    ]);
    expect(await setup.known(context)).toBe(client);
    expect(setup.questions.slice(2)).toEqual(['known client']);
  });

  it('passes on the request, which stores its verified token', async () => {
    const setup = new IdentifierSetup({ callers: callersOf('public') });
    const request = setup.request(authorization(TOKEN));
    const context = setup.context('http', request);
    await setup.anyone(context);
    await setup.known(context);
    expect(setup.asked.map((given) => given[2])).toEqual([request, request]);
  });
});
