import { createServer, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Controller, Get, Injectable } from '@nestjs/common';
import {
  PropelAuthService,
  RequireUser,
  tokenFromCookie,
  type CallerKind,
  type IdentifiableRequest,
  type IncomingCall,
} from 'nestjs-propelauth';
import supertest from 'supertest';
import { beforeTests } from '../support/application.js';
import { registerCleanup } from '../support/clean-up.js';
import { issuer, startGuarded } from '../support/guarded-application.js';
import { alice, headersOf } from '../support/project.js';

/** Collaborators of a document, whose token is in a header. */
@Injectable()
class Collaborators implements CallerKind<{ id: string }> {
  readonly name = 'collab';
  readonly credential = [{ header: 'x-collab' }];
  readonly calls: IncomingCall[] = [];

  identify(text: string, call: IncomingCall) {
    this.calls.push(call);
    return text === 'right' ? { id: 'carol' } : undefined;
  }

  key({ id }: { id: string }) {
    return id;
  }
}

@Controller()
class MeController {
  @Get('me')
  @RequireUser()
  me() {}
}

const application = beforeTests(() =>
  startGuarded(
    { controllers: [MeController], providers: [Collaborators] },
    {
      callerKinds: [Collaborators],
      tokenSource: tokenFromCookie('token', { orHeader: true }),
      debugMode: true,
    },
  ),
);

const propelAuth = () => application.app.get(PropelAuthService);
const BOTH = { kinds: ['user', 'collab'] };
const collab = { 'x-collab': 'right' };
const bearer = await headersOf(issuer, alice);
const cookie = `token=${bearer['Authorization']?.slice('Bearer '.length)}`;
const ofAlice = { kind: 'user', userId: 'user-alice', key: 'user:user-alice' };

const unknown = (kind: string) =>
  `names the kind '${kind}', which the application does not have. The kinds are 'user', 'api-key', 'collab'.`;

describe('identify() of a request', () => {
  it.each<[string, IdentifiableRequest, object]>([
    ['with an access token', { headers: bearer }, ofAlice],
    ['with names in lower case', { headers: { authorization: bearer['Authorization'] } }, ofAlice],
    ['of the Fetch API', new Request('https://api.example.com', { headers: bearer }), ofAlice],
    ['with Headers', { headers: new Headers(bearer) }, ofAlice],
    [
      'with a credential of an own kind',
      { headers: collab },
      { kind: 'collab', key: 'collab:carol' },
    ],
    ['with an address', { headers: collab, address: '192.0.2.1' }, { kind: 'collab' }],
    ['with a cookie, which changes nothing', { headers: { cookie }, method: 'GET' }, ofAlice],
    [
      'with a cookie, of the own origin',
      { headers: { cookie, 'sec-fetch-site': 'same-origin' }, method: 'POST' },
      ofAlice,
    ],
  ])('finds the caller of one %s', async (_what, request, caller) => {
    expect(await propelAuth().identify(request, BOTH)).toMatchObject(caller);
    expect(await propelAuth().authenticate(request, BOTH)).toMatchObject(caller);
  });

  it.each<[string, IdentifiableRequest, string]>([
    ['without a credential', { headers: {} }, 'credential_missing'],
    ['with a wrong one', { headers: { 'x-collab': 'wrong' } }, 'credential_invalid'],
    ['with two', { headers: { ...collab, ...bearer } }, 'credentials_ambiguous'],
    [
      'with a header in two spellings',
      { headers: { AUTHORIZATION: 'Bearer a.b.c', ...bearer } },
      'token_malformed',
    ],
    ['with a forged token', { headers: { authorization: 'Bearer a.b.c' } }, 'token_malformed'],
    ['with a cookie and no method', { headers: { cookie } }, 'origin_not_allowed'],
    [
      'with a cookie, of another origin',
      { headers: { cookie, origin: 'https://evil.example' }, method: 'GET' },
      'origin_not_allowed',
    ],
  ])('finds nobody for one %s, and authenticate() says why', async (_what, request, reason) => {
    expect(await propelAuth().identify(request, BOTH)).toBeNull();
    const status = reason === 'origin_not_allowed' ? 403 : 401;
    await expect(propelAuth().authenticate(request, BOTH)).rejects.toMatchObject({
      reason,
      status,
    });
  });

  it('looks at no credential of another kind', async () => {
    const { calls } = application.app.get(Collaborators);
    calls.length = 0;
    expect(await propelAuth().identify({ headers: collab }, { kinds: ['user'] })).toBeNull();
    expect(calls).toEqual([]);
    expect(await propelAuth().identify({ headers: bearer }, { kinds: ['collab'] })).toBeNull();
  });

  it('gives an own kind what arrived, and no context', async () => {
    const { calls } = application.app.get(Collaborators);
    await propelAuth().identify({ headers: collab, address: '192.0.2.1' }, BOTH);
    expect(calls.at(-1)).toMatchObject({ transport: 'http', address: '192.0.2.1', context: null });
    expect(calls.at(-1)?.headers).toEqual(collab);
  });

  it('says with which challenges to come again', async () => {
    const rejected = propelAuth().authenticate({ headers: {} }, BOTH);
    await expect(rejected).rejects.toMatchObject({ challenge: 'Bearer' });
  });

  it('works in a server beside Nest', async () => {
    const server = createServer((request: IncomingMessage, response) => {
      void propelAuth()
        .identify(request, BOTH)
        .then((caller) => response.end(caller?.kind ?? 'nobody'));
    });
    registerCleanup(() => server.close());
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect((await supertest(url).get('/').set(bearer)).text).toBe('user');
    expect((await supertest(url).get('/').set(collab)).text).toBe('collab');
    expect((await supertest(url).get('/')).text).toBe('nobody');
  });

  const NO_REQUEST = 'needs a request with headers, or the context of a handler.';
  const NO_KINDS = 'of a request needs the kinds of callers that count.';
  it.each<[string, unknown, unknown, string]>([
    ['nothing', undefined, BOTH, NO_REQUEST],
    ['no headers', {}, BOTH, NO_REQUEST],
    ['no kinds', { headers: {} }, undefined, NO_KINDS],
    ['an empty list', { headers: {} }, { kinds: [] }, NO_KINDS],
    ['a kind alone', { headers: {} }, { kinds: 'user' }, NO_KINDS],
    ['an unknown kind', { headers: {} }, { kinds: ['user', 'robot'] }, unknown('robot')],
    ['undefined', { headers: {} }, { kinds: ['user', undefined] }, unknown('undefined')],
  ])('throws a TypeError for %s', async (_what, request, options, message) => {
    for (const name of ['identify', 'authenticate'] as const) {
      const asked = propelAuth()[name](request as IdentifiableRequest, options as typeof BOTH);
      await expect(asked).rejects.toThrow(`${name}() ${message}`);
      await expect(asked).rejects.toBeInstanceOf(TypeError);
    }
  });
});
