import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { registerCleanup } from '../support/clean-up.js';
import { stopClock } from '../support/fake-timers.js';
import { encode, NOW, signParts, toJson } from '../support/forge.js';
import { alice } from '../support/claims.js';
import { ACME_ID } from '../support/project.js';
import { ATTACK_NAMES, REQUEST_ATTACKS_BY_SUBJECT, TOKEN_ATTACKS } from './all-attacks.js';
import { bearer, claimsWith, requestText, VALID_TOKEN } from './attack.js';
import { handedOver, LARGEST_TOKEN, validTokenOf } from './sizes.js';
import { TIMES_LET_IN } from './times.js';
import { UNUSUAL_VALID_TOKEN } from './token-text.js';
import { sendRaw, type RawAnswer } from '../support/send-raw.js';
import { handlersIn } from './let-in.js';
import { startVictim } from './victim.application.js';

stopClock(NOW * 1000);
const victim = await startVictim();
let keyRequests = 0;
const keyServer = createServer((_request, response) => {
  keyRequests++;
  response.end('{"keys":[]}');
});
registerCleanup(() => keyServer.close());
await new Promise<void>((resolve) => keyServer.listen(0, '127.0.0.1', resolve));
const keyServerUrl = `http://127.0.0.1:${(keyServer.address() as AddressInfo).port}`;

const send = (text: string) => {
  victim.renewGrants();
  return sendRaw(victim.url, text);
};

const sendToken = (token: string, path = '/required') =>
  send(requestText(`GET ${path}`, [bearer(token)]));

const usual = () => requestText('GET /required', [bearer(VALID_TOKEN)]);

function expectLetIn({ status, text }: RawAnswer): void {
  expect([200, 201]).toContain(status);
  expect(handlersIn(text)).not.toEqual([]);
}

/** After each attack the server is still there, and lets in whom it should. */
const expectStillThere = async (control = usual) => expectLetIn(await send(control()));

describe('Attacks', () => {
  it('have unique names', () => {
    expect(new Set(ATTACK_NAMES).size).toBe(ATTACK_NAMES.length);
  });

  describe.each(TOKEN_ATTACKS)('by %s', (_subject, attacks) => {
    it.each(attacks)('$name', async ({ token: makeToken }) => {
      const token = await makeToken(keyServerUrl);
      expect([VALID_TOKEN, UNUSUAL_VALID_TOKEN]).not.toContain(token);
      const rejected = await sendToken(token);
      expect(rejected).toMatchObject({ status: 401 });
      expect(handlersIn(rejected.text)).toEqual([]);
      expect((await sendToken(token, `/orgs/${ACME_ID}`)).status).toBe(401);
      const anonymous = await sendToken(token, '/optional');
      expect(anonymous).toMatchObject({ status: 200 });
      expect(anonymous.text).toContain('anonymous');
      expect((await send(handedOver(token))).status).toBe(401);
      expect(keyRequests).toBe(0);
      await expectStillThere();
    });
  });

  describe.each(REQUEST_ATTACKS_BY_SUBJECT)('by %s', (_subject, attacks) => {
    it.each(attacks)('$name', async ({ request, answers, control }) => {
      const { status, text } = await send(request());
      expect(answers).toContain(status);
      // GraphQL answers with 200 in any case.
      expect(text).not.toContain('INTERNAL_SERVER_ERROR');
      expect(handlersIn(text.split('HTTP/1.1 ').at(-1) as string)).toEqual([]);
      await expectStillThere(control);
    });
  });

  describe('fail because of the attack: the same requests without it succeed', () => {
    it.each([
      ['a token', () => requestText('GET /required', [bearer(VALID_TOKEN)])],
      ['an unusual token', () => requestText('GET /required', [bearer(UNUSUAL_VALID_TOKEN)])],
      [
        'a token and a body',
        () =>
          requestText(
            'POST /required',
            [bearer(VALID_TOKEN), 'Content-Type: application/json'],
            '{}',
          ),
      ],
      ['a token passed directly', () => handedOver(VALID_TOKEN)],
      ['the largest token', () => handedOver(validTokenOf(LARGEST_TOKEN))],
      ['an org id in the path', () => requestText(`GET /orgs/${ACME_ID}`, [bearer(VALID_TOKEN)])],
      ['an org name', () => requestText('GET /names/acme-inc', [bearer(VALID_TOKEN)])],
      [
        'an org id in the query',
        () => requestText(`GET /query?orgId=${ACME_ID}`, [bearer(VALID_TOKEN)]),
      ],
      [
        'an org id in a header',
        () => requestText('GET /header', [bearer(VALID_TOKEN), `x-org-id: ${ACME_ID}`]),
      ],
      [
        'an org id in the body',
        () =>
          requestText(
            'POST /body',
            [bearer(VALID_TOKEN), 'Content-Type: application/json'],
            JSON.stringify({ orgId: ACME_ID }),
          ),
      ],
      ['an Owner', () => requestText(`GET /owners/${ACME_ID}`, [bearer(VALID_TOKEN)])],
      ...TIMES_LET_IN.map(({ name, token }): [string, () => string] => [
        name,
        () => requestText('GET /required', [bearer(token('') as string)]),
      ]),
    ])('%s', async (_what, request) => {
      const answer = await send(request());
      expectLetIn(answer);
      expect(answer.text).toContain(`:${alice.user_id}`);
    });
  });

  it.each([100, 1_000, 4_500])('properties %i levels deep are accepted', async (levels) => {
    const nested = '['.repeat(levels) + ']'.repeat(levels);
    const claims = toJson(claimsWith({ properties: { nested: 0 } })).replace(
      '"nested":0',
      `"nested":${nested}`,
    );
    const { status, text } = await sendToken(signParts(encode('{"alg":"RS256"}'), encode(claims)));
    expect(status).toBe(200);
    expect(text).toContain(`:${alice.user_id}`);
  });
});
