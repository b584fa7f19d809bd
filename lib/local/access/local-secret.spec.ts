import { createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { inspect } from 'node:util';
import { LocalSecret, pathWithoutSecret } from './local-secret.js';

const VALUE = 'the-secret-of-this-project';
const COOKIE_VALUE = createHmac('sha256', VALUE).update('cookie').digest('base64url');
const secret = new LocalSecret(VALUE, 'http://localhost:3000', 'project');

function requestTo(url: string, cookie?: string): IncomingMessage {
  return { url, headers: { cookie } } as IncomingMessage;
}

describe('LocalSecret', () => {
  it.each([
    ['in the address', `/propelauth/users?local_secret=${VALUE}`, undefined],
    ['in its cookie', '/propelauth/users', `propelauth_local_project=${COOKIE_VALUE}`],
    ['in its cookie, among others', '/', `a=b; propelauth_local_project=${COOKIE_VALUE};c`],
    [
      'in its cookie, with an old one in the address',
      '/?local_secret=old',
      cookieWith(COOKIE_VALUE),
    ],
  ])('is accepted %s', (_where, url, cookie) => {
    expect(secret.isIn(requestTo(url, cookie))).toBe(true);
  });

  it.each([
    ['nowhere', '/', undefined],
    ['as another string', '/?local_secret=another', undefined],
    ['in part', `/?local_secret=${VALUE.slice(1)}`, undefined],
    ['in another case', `/?local_secret=${VALUE.toUpperCase()}`, undefined],
    ['empty', '/?local_secret=', 'propelauth_local_project='],
    ['in another parameter', `/?secret=${VALUE}`, undefined],
    ['in the path', `/${VALUE}`, undefined],
    ['in the cookie of another project', '/', `propelauth_local_other=${COOKIE_VALUE}`],
    ['as the value of the cookie, in the address', `/?local_secret=${COOKIE_VALUE}`, undefined],
    ['as the raw secret, in the cookie', '/', cookieWith(VALUE)],
    ['in an invalid address', `http://[?local_secret=${VALUE}`, undefined],
  ])('is not accepted %s', (_where, url, cookie) => {
    expect(secret.isIn(requestTo(url, cookie))).toBe(false);
  });

  it('is stored in a cookie that scripts and other sites cannot use', () => {
    expect(secret.cookie).toBe(
      `propelauth_local_project=${COOKIE_VALUE}; HttpOnly; SameSite=Lax; Path=/; Max-Age=2592000`,
    );
  });

  it('is stored in a secure cookie over https', () => {
    const { cookie } = new LocalSecret(VALUE, 'https://localhost:3000', 'project');
    expect(cookie).toMatch(/; Secure$/);
  });

  it('is part of links', () => {
    expect(secret.linkTo('/api/v1/refresh_token?user=alice')).toBe(
      `http://localhost:3000/api/v1/refresh_token?user=alice&local_secret=${VALUE}`,
    );
  });

  it('is not printed with the object', () => {
    expect(inspect(secret, { showHidden: true, depth: null })).not.toContain(VALUE);
  });

  it.each([
    [`/docs?local_secret=${VALUE}`, '/docs'],
    [`/docs?a=1&local_secret=${VALUE}&b=%20`, '/docs?a=1&b=+'],
    [`//evil.example//evil.example?local_secret=${VALUE}`, '/evil.example'],
    [`/\\evil.example?local_secret=${VALUE}`, '/'],
    [`http://evil.example//evil.example/?local_secret=${VALUE}`, '/evil.example/'],
  ])('is removed from %s, which stays on this server', (url, path) => {
    expect(pathWithoutSecret(requestTo(url))).toBe(path);
  });
});

function cookieWith(value: string): string {
  return `propelauth_local_project=${value}`;
}
