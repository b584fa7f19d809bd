import { InternalServerErrorException } from '@nestjs/common';
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
import { fake } from '../../test/support/fake.js';
import type { ResolvedOptions } from '../options/resolved-options.js';
import { Rejection } from '../rejections/rejection.js';
import type { RejectionReason } from '../rejections/rejection-table.js';
import { callersOfKinds, optionalCallersOfKinds } from '../rules/callers.js';
import type { Call } from '../transports/call.js';
import { CallerIdentifier, IdentifiedCaller } from './caller-identifier.js';
import { CallerKinds } from './caller-kinds.js';
import type { CoreKind } from './core-kind.js';
import { callOf } from '../transports/call-of.js';
import type { ApiKey, ApiKeyKind } from '../types/api-key.js';
import { DEFAULT_POLICY, type Policy } from '../rules/policy.js';
import { callersOf, type CallersName } from '../../test/support/callers.js';

const KEY = 'a1b2c3';
const ofNobody: ApiKey = { kind: 'generic' };
const source = (text: string) => () => text;
const rejected = (reason: 'signature_invalid' | 'keys_unavailable') => new Rejection(reason);

describe('The credential of a call', () => {
  const both = { ...authorization(TOKEN), ...xApiKey(KEY) };

  /** Who is let in, or why nobody is, and who is asked about it. */
  type Row = [mode: CallersName, what: string, headers: Headers, outcome: unknown, asked: string[]];

  const rows: Row[] = [
    ['user', 'a token', authorization(TOKEN), verified, ['token']],
    ['user', 'a token beside an API key', both, verified, ['token']],
    ['user', 'an API key', xApiKey(KEY), 'token_missing', []],
    ['user', 'nothing', {}, 'token_missing', []],
    ['optional', 'a token', authorization(TOKEN), verified, ['token']],
    ['optional', 'a token beside an API key', both, verified, ['token']],
    ['optional', 'an API key', xApiKey(KEY), null, []],
    ['optional', 'nothing', {}, null, []],
    ['api-key', 'an API key', xApiKey(KEY), personal, ['key']],
    ['api-key', 'an API key after Bearer', authorization(KEY), personal, ['key']],
    ['api-key', 'a token', authorization(TOKEN), 'api_key_missing', []],
    ['api-key', 'a token beside an API key', both, 'credentials_ambiguous', []],
    ['api-key', 'nothing', {}, 'api_key_missing', []],
    ['user-or-api-key', 'an API key', xApiKey(KEY), personal, ['key']],
    ['user-or-api-key', 'an API key after Bearer', authorization(KEY), personal, ['key']],
    ['user-or-api-key', 'a token', authorization(TOKEN), verified, ['token']],
    ['user-or-api-key', 'a token beside an API key', both, 'credentials_ambiguous', []],
    ['user-or-api-key', 'nothing', {}, 'credential_missing', []],
  ];

  it.each(rows)('under rules for %s: %s', async (mode, _what, headers, outcome, questions) => {
    const setup = new IdentifierSetup({ callers: callersOf(mode) });
    expect(await setup.outcome(setup.http(headers))).toBe(outcome);
    expect(setup.questions).toEqual(questions);
  });

  /** Whoever asks who calls gets nobody where a call is rejected. Public handlers know users alone. */
  const askedRows: Row[] = [
    ...rows
      .filter(([, , , outcome]) => outcome !== 'credentials_ambiguous')
      .map(([mode, what, headers, outcome, asked]): Row => {
        return [mode, what, headers, typeof outcome === 'string' ? null : outcome, asked];
      }),
    ['public', 'a token', authorization(TOKEN), verified, ['token']],
    ['public', 'a token beside an API key', both, verified, ['token']],
    ['public', 'an API key', xApiKey(KEY), null, []],
    ['public', 'nothing', {}, null, []],
    ['nobody', 'a token', authorization(TOKEN), null, []],
  ];

  it.each(askedRows)(
    'identifies or recalls the caller under rules for %s: %s',
    async (mode, _what, headers, caller, questions) => {
      const setup = new IdentifierSetup({ callers: callersOf(mode) });
      expect(await setup.anyone(setup.http(headers))).toBe(caller);
      expect(await setup.known(setup.http(headers))).toBe(caller);
      expect(setup.questions).toEqual([...questions, ...questions.map((one) => `known ${one}`)]);
    },
  );

  it.each<CallersName>(['api-key', 'user-or-api-key'])(
    'identifies nobody by two credentials under rules for %s',
    async (mode) => {
      const setup = new IdentifierSetup({ callers: callersOf(mode) });
      expect(await setup.anyone(setup.http(both))).toBeNull();
      expect(setup.questions).toEqual([]);
    },
  );

  it('is the token of an MCP client under rules for them', async () => {
    const setup = new IdentifierSetup({ callers: callersOf('mcp') });
    expect(await setup.outcome(setup.http(authorization(TOKEN)))).toBe(client);
    expect(setup.questions).toEqual(['client']);
  });

  it.each<[string, Headers]>([
    ['the token of an MCP client', authorization('opaque')],
    ['a token', authorization(TOKEN)],
    ['an API key', xApiKey(KEY)],
    ['nothing', {}],
  ])(
    'is not looked for under rules about MCP clients without mcpServer(), which return 500: %s',
    async (_what, headers) => {
      const setup = new IdentifierSetup({ callers: callersOf('mcp') }, {}, ['mcp']);
      const context = setup.http(headers);
      expect(await setup.outcome(context)).toBeInstanceOf(InternalServerErrorException);
      expect([await setup.anyone(context), await setup.known(context)]).toEqual([null, null]);
      expect(setup.questions).toEqual([]);
    },
  );

  it('is resolved synchronously if nothing has to be awaited', () => {
    for (const mode of ['user', 'optional', 'user-or-api-key'] as const) {
      const setup = new IdentifierSetup({ callers: callersOf(mode) });
      const context = setup.http(authorization(TOKEN));
      expect(setup.callers.identify(callOf(context), setup.policy)).toMatchObject({
        identity: verified,
      });
    }
  });

  it('is verified for its request, and an API key for its address', async () => {
    const byToken = new IdentifierSetup({ callers: callersOf('user') });
    const request = byToken.request(authorization(TOKEN));
    await byToken.outcome(byToken.context('http', request));
    expect(byToken.asked).toEqual([['token', TOKEN, request]]);
    expect(byToken.asked[0]?.[2]).toBe(request);

    const byKey = new IdentifierSetup({ callers: callersOf('api-key') });
    await byKey.outcome(byKey.http(xApiKey(KEY)));
    expect(byKey.asked).toEqual([['key', KEY, '192.0.2.1', byKey.request(xApiKey(KEY))]]);
  });

  it('is an API key, verified for each message of a connection if the call has no object of its own', async () => {
    const setup = new IdentifierSetup({ callers: callersOf('api-key') });
    const handshake = { headers: xApiKey(KEY), address: '192.0.2.1' };
    const socket = { handshake, emit: () => true };
    expect(await setup.outcome(setup.context('ws', socket, 'text'))).toBe(personal);
    expect(setup.asked).toEqual([['key', KEY, '192.0.2.1', undefined]]);
  });
});

describe('The caller of a request', () => {
  it('is one object for calls with the same identity, and another for others', async () => {
    const setup = new IdentifierSetup({ callers: callersOf('user') });
    const call = callOf(setup.http(authorization(TOKEN)));
    const first = await setup.callers.identify(call, setup.policy);
    expect(await setup.callers.identify(call, setup.policy)).toBe(first);
    setup.token = () => ({ ...verified });
    expect(await setup.callers.identify(call, setup.policy)).not.toBe(first);
  });

  it('is another object in another request, which begins later', async () => {
    const setup = new IdentifierSetup({ callers: callersOf('user') });
    const identify = () =>
      setup.callers.identify(callOf(setup.http(authorization(TOKEN))), setup.policy);
    expect(await identify()).not.toBe(await identify());
  });

  it('is the same by kind and credential, whatever is known of them since', () => {
    const [one, other] = ['one', 'other'].map((name) => fake<CoreKind>({ name }));
    const [verifiedAs, later] = [{}, {}];
    const first = new IdentifiedCaller(one!, verifiedAs);
    expect(first.isSame(first.with(later))).toBe(true);
    expect(first.isSame(new IdentifiedCaller(one!, later))).toBe(false);
    expect(first.isSame(new IdentifiedCaller(other!, verifiedAs))).toBe(false);
  });

  it('is nobody where no kind is accepted, whatever the request has', async () => {
    const setup = new IdentifierSetup({ callers: optionalCallersOfKinds([]) });
    expect(await setup.outcome(setup.http(authorization(TOKEN)))).toBeNull();
    expect(setup.questions).toEqual([]);
  });

  it('is not known without asking if the kind recalls nobody', async () => {
    const setup = new IdentifierSetup({ callers: callersOf('api-key') });
    const kind = fake<CoreKind>({
      name: 'api-key',
      credential: [{ header: 'x-api-key' }],
      recall: undefined,
    });
    const callers = new CallerIdentifier(
      new CallerKinds([kind]),
      fake<ResolvedOptions>({ tokenSource: undefined }),
      {},
    );
    expect(await callers.recall(callOf(setup.http(xApiKey(KEY))), setup.policy)).toBeNull();
  });
});

describe('The challenge of a rejected call', () => {
  const kinds = [
    fake<CoreKind>({ name: 'user', challenge: undefined }),
    fake<CoreKind>({ name: 'environment', challenge: 'ApiKey' }),
  ];
  const identifier = new CallerIdentifier(new CallerKinds(kinds), fake<ResolvedOptions>({}), {});
  const challengeFor = (reason: RejectionReason, ...names: string[]) => {
    const accepted = Object.fromEntries(names.map((name) => [name, undefined]));
    const policy = { ...DEFAULT_POLICY, callers: callersOfKinds(accepted) };
    return identifier.challengeFor(reason, policy);
  };

  it.each<[RejectionReason, string]>([
    ['credential_missing', 'Bearer, ApiKey'],
    ['credential_invalid', 'Bearer error="invalid_token", ApiKey'],
    ['kind_not_accepted', 'Bearer error="invalid_token", ApiKey'],
    ['token_revoked', 'Bearer error="invalid_token", ApiKey'],
    ['token_expired', 'Bearer error="invalid_token"'],
  ])('for %s has those of all accepted kinds or not', (reason, challenge) => {
    expect(challengeFor(reason, 'user', 'environment')).toBe(challenge);
  });

  it('is that of the reason where no accepted kind is known', () => {
    expect(challengeFor('credential_missing', 'robot')).toBe('Bearer');
  });
});

describe('Two credentials', () => {
  const tokenSources = [() => KEY];
  it.each<[string, Partial<Policy>, Headers, unknown]>([
    ['are one if a token source finds the same API key', { tokenSources }, xApiKey(KEY), personal],
    [
      'are rejected where it finds another string',
      { tokenSources },
      xApiKey('other'),
      'credentials_ambiguous',
    ],
    [
      'are rejected with a malformed one',
      {},
      { ...xApiKey(KEY), authorization: 'Bearer' },
      'token_malformed',
    ],
  ])('%s', async (_what, policy, headers, outcome) => {
    const setup = new IdentifierSetup({ callers: callersOf('user-or-api-key'), ...policy });
    expect(await setup.outcome(setup.http(headers))).toBe(outcome);
  });
});

describe('An API key', () => {
  it.each<[ApiKeyKind | undefined, ApiKey, unknown]>([
    ['personal', personal, personal],
    ['personal', ofOrg, 'api_key_kind'],
    ['org', ofOrg, ofOrg],
    ['org', personal, 'api_key_kind'],
    [undefined, personal, personal],
    [undefined, ofOrg, ofOrg],
    [undefined, ofNobody, ofNobody],
    ['generic', ofNobody, ofNobody],
    ['generic', personal, 'api_key_kind'],
    ['imported', ofOrg, 'api_key_kind'],
    ['personal', ofNobody, 'api_key_kind'],
  ])(
    'of the kind %s belongs to the caller that PropelAuth returns: %j',
    async (apiKeyKind, validation, outcome) => {
      const setup = new IdentifierSetup({ callers: callersOf('api-key', apiKeyKind) });
      setup.apiKey = async () => validation;
      expect(await setup.outcome(setup.http(xApiKey(KEY)))).toBe(outcome);
    },
  );
});

describe('An optional user', () => {
  it.each([
    ['is null with a token that is rejected', rejected('signature_invalid'), null],
    ['is not null if no token can be verified', rejected('keys_unavailable'), 'keys_unavailable'],
    ['is not null after an error', new TypeError('fault'), new TypeError('fault')],
  ])('%s, synchronously or later', async (_what, error, outcome) => {
    for (const token of [
      () => Promise.reject(error),
      () => {
        throw error;
      },
    ]) {
      const setup = new IdentifierSetup({ callers: callersOf('optional') });
      setup.token = token;
      expect(await setup.outcome(setup.http(authorization(TOKEN)))).toEqual(outcome);
    }
  });
});

describe('A token source', () => {
  it('is where the token is missing, so nothing is said about the header', async () => {
    const tokenSources = [() => undefined];
    const setup = new IdentifierSetup({ callers: callersOf('user'), tokenSources });
    const error = new Rejection('token_missing');
    const call = callOf(setup.http({ authorization: 'Basic 1' }));
    expect(setup.callers.explain(error, call, setup.policy)).toBe(error);
  });

  const fault = new TypeError('fault');
  const failing = () => {
    throw fault;
  };

  it('that fails for an event is logged with the event, not reported twice', async () => {
    const setup = new IdentifierSetup({ callers: callersOf('user'), tokenSources: [failing] });
    const call = fake<Call>({
      eventNames: 'order.paid',
      takesTokenSource: true,
      context: {} as never,
    });
    expect(() => setup.callers.identify(call, setup.policy)).toThrow(fault);
  });

  it('of a rule is used instead of the header', async () => {
    const setup = new IdentifierSetup({
      callers: callersOf('user'),
      tokenSources: [source('x.y.z')],
    });
    await setup.outcome(setup.http(authorization(TOKEN)));
    expect(setup.asked[0]?.[1]).toBe('x.y.z');
  });

  it.each<[string, Partial<Policy>, string, unknown]>([
    ['is called for messages, which have no header', {}, 'rpc', 'x.y.z'],
    ['is called for requests, instead of reading their header', {}, 'http', 'x.y.z'],
    ['is not called if a rule names another', { tokenSources: [source('r.u.l')] }, 'rpc', 'r.u.l'],
  ])('of the module %s', async (_what, policy, type, token) => {
    const setup = new IdentifierSetup(
      { callers: callersOf('user'), ...policy },
      { tokenSource: source('x.y.z') },
    );
    const request = setup.request(authorization(TOKEN));
    await setup.outcome(setup.context(type, request));
    expect(setup.asked).toEqual([['token', token, request]]);
  });

  it.each([
    ['rejected if another finds a different token', source('x.y.z'), 'token_malformed'],
    [
      'reported if it throws an error',
      failing,
      new InternalServerErrorException('Internal server error'),
    ],
  ])('is %s, even if an API key would be accepted', async (_what, other, outcome) => {
    const tokenSources = [source(TOKEN), other];
    const setup = new IdentifierSetup({ callers: callersOf('user-or-api-key'), tokenSources });
    expect(await setup.outcome(setup.http())).toEqual(outcome);
  });

  it('of the module is not called where only API keys are accepted', async () => {
    const options = { tokenSource: source('x.y.z') };
    const setup = new IdentifierSetup({ callers: callersOf('api-key') }, options);
    expect(await setup.outcome(setup.http(xApiKey(KEY)))).toBe(personal);
  });

  it('is required for messages without a header', async () => {
    const setup = new IdentifierSetup({ callers: callersOf('user') });
    expect(await setup.outcome(setup.context('rpc', {}))).toBe('token_missing');
  });

  const finding = [() => undefined];
  const MISSING = 'tokenSource returned no access token';
  const NOT_SET = 'The option tokenSource is not set, so messages have no access token';

  it.each<[string, CallersName, string, (() => undefined)[], string | undefined]>([
    ['is named if it found no token', 'user', 'http', finding, MISSING],
    ['is not named if the transport says where the token is', 'user', 'http', [], undefined],
    ['is described by the transport if it is missing', 'user', 'rpc', [], NOT_SET],
    ['is not named to MCP clients', 'mcp', 'http', finding, undefined],
  ])('%s', (_what, mode, type, tokenSources, words) => {
    const setup = new IdentifierSetup({ callers: callersOf(mode), tokenSources });
    const context = setup.context(type, setup.request());
    expect(setup.callers.describeRejection('token_missing', callOf(context), setup.policy)).toBe(
      words,
    );
  });
});

describe('Callers, asked who calls,', () => {
  it('returns null for a credential that is not cached', async () => {
    const setup = new IdentifierSetup({ callers: callersOf('user-or-api-key') });
    setup.knownUser = undefined;
    setup.knownKey = undefined;
    expect(await setup.known(setup.http(authorization(TOKEN)))).toBeNull();
    expect(await setup.known(setup.http(xApiKey(KEY)))).toBeNull();
  });

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
