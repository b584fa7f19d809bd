import { createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { inspect } from 'node:util';
import { stopClock } from '../../../test/support/fake-timers.js';
import { generateSigningKeys } from '../issuer/signing-keys.js';
import { LocalSecret } from '../access/local-secret.js';
import { LocalProject, type ProjectUser } from '../local-project.js';
import { LocalSessions } from './local-sessions.js';

const ORIGIN = 'http://localhost:3000';
const VALUE = 'the-secret-of-this-project';
const DAY_MS = 24 * 60 * 60 * 1000;

const seed = { users: [{ name: 'alice' }, { name: 'bob' }] };
const project = new LocalProject(ORIGIN, seed, await generateSigningKeys());
const [alice, bob] = project.users as [ProjectUser, ProjectUser];
const sessions = sessionsWith(VALUE);

function sessionsWith(secret: string, projectId = 'project'): LocalSessions {
  return new LocalSessions(project, new LocalSecret(secret, ORIGIN, projectId), projectId);
}

/** The cookie of a new session of alice, as the browser sends it. */
function aliceCookie(of: LocalSessions = sessions): string {
  return of.cookieFor(alice).replace(/;.*/, '');
}

function userOf(cookie: string, of: LocalSessions = sessions): ProjectUser | undefined {
  return of.userOf({ headers: { cookie } } as IncomingMessage);
}

function signed(content: string, secret: string, purpose = 'session '): string {
  const text = Buffer.from(content).toString('base64url');
  const signature = createHmac('sha256', secret)
    .update(purpose + text)
    .digest('base64url');
  return `propelauth_session_project=${text}.${signature}`;
}

describe('A local session', () => {
  it('returns the user of its cookie, among other cookies', () => {
    expect(userOf(aliceCookie())).toEqual(alice);
    expect(userOf(`a=b; propelauth_session_project=forged.cookie; ${aliceCookie()}; c`)).toEqual(
      alice,
    );
  });

  it.each([
    ['none', ''],
    ['an empty cookie', 'propelauth_session_project='],
    ['a cookie without a signature', aliceCookie().replace(/\..*/, '')],
    ['a cookie with an empty signature', aliceCookie().replace(/\..*/, '.')],
    ['another cookie name', aliceCookie().replace('session', 'local')],
    ['the content of another user', withContent({ userId: bob.userId, expiresAt: Infinity })],
    ['the signature of another secret', aliceCookie(sessionsWith('another-secret-of-tests'))],
    ['the name of another project', aliceCookie(sessionsWith(VALUE, 'other'))],
    ['a signature for something else', signed(sessionOfBob(), VALUE, '')],
    ['a key that is the secret of the browser', signed(sessionOfBob(), cookieOfSecret())],
    ['a second signature', aliceCookie().replace(/\.(.*)/, '.A.$1')],
  ])('returns no user for %s', (_case, cookie) => {
    expect(userOf(cookie)).toBeUndefined();
  });

  it('ends after 30 days', () => {
    stopClock(0);
    const cookie = aliceCookie();
    jest.setSystemTime(30 * DAY_MS - 1);
    expect(userOf(cookie)).toEqual(alice);
    jest.setSystemTime(30 * DAY_MS);
    expect(userOf(cookie)).toBeUndefined();
  });

  it('does not print the secret', () => {
    expect(inspect(sessions, { showHidden: true, depth: 3 })).not.toContain(VALUE);
  });
});

function sessionOfBob(): string {
  return JSON.stringify({ userId: bob.userId, expiresAt: Date.now() + DAY_MS });
}

function withContent(session: object): string {
  const content = Buffer.from(JSON.stringify(session)).toString('base64url');
  return aliceCookie().replace(/=[^.]*/, `=${content}`);
}

/** What the browser has of the secret. */
function cookieOfSecret(): string {
  return new LocalSecret(VALUE, ORIGIN, 'project').sign('cookie');
}
