import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { TestIssuer } from 'nestjs-propelauth/testing';
import { fake } from '../../../test/support/fake.js';
import type { IncomingCall } from '../../options/incoming-call.interface.js';
import { projectUsers } from './project-users.js';

const partner = await TestIssuer.create({ authUrl: 'https://auth.partner.example' });
const alice = { userId: '31c41c16-c281-44ae-9602-8a047e3bf33d', email: 'alice@example.com' };
const withoutCall = fake<IncomingCall>({ context: null });

const kindOf = () => projectUsers({ name: 'partner', ...partner.moduleOptions, tokenCache: false });

describe('A kind of the users of another project', () => {
  it('names itself beside a wrong option', () => {
    expect(() => projectUsers({ name: 'partner', ...partner.moduleOptions, authUrl: 'a' })).toThrow(
      /^projectUsers\(\{ name: 'partner' \}\): authUrl is not a URL/,
    );
  });

  it('has the user and the expiry of a token, leeway included', async () => {
    const kind = kindOf();
    const exp = Math.floor(Date.now() / 1000) + 60;
    const token = await partner.accessToken(alice, { claims: { exp } });
    const user = (await kind.identify(token, withoutCall))!;
    expect(kind.key(user)).toBe(alice.userId);
    expect(kind.expiresAt!(user)).toEqual(new Date((exp + 60) * 1000));
  });

  it('recalls the caller of a token that is valid, with its expiry', async () => {
    const kind = kindOf();
    const user = (await kind.recall!(await partner.accessToken(alice)))!;
    expect(user.userId).toBe(alice.userId);
    expect(kind.expiresAt!(user)).toBeInstanceOf(Date);
    expect(await kind.recall!('a.b.c')).toBeUndefined();
  });

  it('verifies a token once for a request', async () => {
    const kind = kindOf();
    const token = await partner.accessToken(alice);
    const request = { headers: {}, socket: {} };
    const context = new ExecutionContextHost([request, {}], class Controller {}, () => {});
    const call = fake<IncomingCall>({ context });
    const first = await kind.identify(token, call);
    expect(await kind.identify(token, call)).toBe(first);
    expect(await kind.identify(token, withoutCall)).not.toBe(first);
  });
});
