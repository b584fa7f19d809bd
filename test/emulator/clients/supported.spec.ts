import { readFileSync, writeFileSync } from 'node:fs';
import { stopClock } from '../../support/fake-timers.js';
import { type Client, type DeclaredFunction, functionsOf } from './declared-functions.js';
import { fileOf, OTHER_REQUESTS } from './supported-file.js';
import { isAnswered, sendAgain, type SentRequest, type Tried, tryCall } from './tried-calls.js';

const KEPT_FILE = 'emulator/SUPPORTED.md';
const NOW = Date.UTC(2030, 0, 1);
const CLIENTS: Client[] = ['@propelauth/node-apis', '@propelauth/node', '@propelauth/javascript'];
const FUNCTIONS = CLIENTS.flatMap((client) =>
  functionsOf(client).map((declared) => [client, declared.name, declared] as const),
);

/** Where the clients themselves return something else than their types say. */
const WRONG_TYPES: Readonly<Record<string, string[]>> = {
  fetchOrgByQuery: ['result.orgs[0].isSamlConfigured is undefined, not true'],
  migrateUserPassword: ['result is {}, not true'],
  importApiKey: ['result.api_key_id is undefined, not string'],
};

/** In milliseconds. Each function is called twice, each in a project of its own. */
const CALLED_WITHIN = 60_000;

function keyOf(client: Client, name: string): string {
  return `${client} ${name}`;
}

/** The fields of a body. */
function fieldsOf(request: SentRequest | undefined): Record<string, unknown> {
  return request?.body ? (JSON.parse(request.body) as Record<string, unknown>) : {};
}

describe('Every function of PropelAuth’s clients', () => {
  let file: string;
  const tried = new Map<string, { all: Tried; required: Tried }>();

  function triedWith(client: Client, name: string) {
    return tried.get(keyOf(client, name)) as { all: Tried; required: Tried };
  }

  beforeAll(async () => {
    stopClock(NOW);
    // It complains that there is no such observer.
    jest.spyOn(console, 'error').mockReturnValue();
    for (const [client, name, declared] of FUNCTIONS) {
      const all = await tryCall(client, declared, 'all');
      const required = await tryCall(client, declared, 'required');
      tried.set(keyOf(client, name), { all, required });
    }
    file = fileOf(CLIENTS, (client) =>
      FUNCTIONS.filter(([each]) => each === client).map(([, name]) => ({
        name,
        ...triedWith(client, name).all,
      })),
    );
    if (process.env['UPDATE_SUPPORTED'] === '1') writeFileSync(KEPT_FILE, file);
  }, CALLED_WITHIN);

  it('gets what SUPPORTED.md says', () => {
    expect(file).toBe(readFileSync(KEPT_FILE, 'utf8'));
  });

  it.each(FUNCTIONS)(
    'returns what its types declare, or fails with 501 and the name of the endpoint: %s %s',
    (client: Client, name: string, declared: DeclaredFunction) => {
      const { all, required } = triedWith(client, name);
      const failed = [...all.requests, ...required.requests].filter(({ status }) => status >= 400);
      const responses = failed.map(({ status, response }) => [status, response]);
      const error = expect.stringMatching(/does not support [A-Z]+ \/[^ ]+ \(/);
      const isUnsupported = failed.length > 0;
      expect(responses).toEqual(failed.map(() => [501, error]));
      expect(all.error === undefined).toBe(!isUnsupported);
      const mismatches = isUnsupported ? [] : declared.mismatchesOf(all.result);
      expect(mismatches).toEqual(isUnsupported ? [] : (WRONG_TYPES[name] ?? []));
    },
  );

  it('takes null for what is not set', async () => {
    stopClock(NOW);
    const sent: unknown[] = [];
    const expected: unknown[] = [];
    for (const [client, name] of FUNCTIONS) {
      const { all, required } = triedWith(client, name);
      const [request] = required.requests;
      const set = fieldsOf(request);
      const unset = Object.keys(fieldsOf(all.requests[0])).filter((field) => !(field in set));
      if (request === undefined || unset.length === 0) continue;
      const nulls = Object.fromEntries(unset.map((field) => [field, null]));
      sent.push([name, await sendAgain(request, { ...set, ...nulls })]);
      expected.push([name, { status: request.status, state: required.state }]);
    }
    expect(sent).toEqual(expected);
    expect(sent.length).toBeGreaterThan(20);
  });
});

it.each(OTHER_REQUESTS)('The emulator has what %s sends: %s', async (_client, request) => {
  expect(await isAnswered(request)).toBe(true);
});
