import { request as sendRaw } from 'node:http';
import { PropelAuthService } from 'nestjs-propelauth';
import request from 'supertest';
import { issuer, startGuarded } from '../../support/guarded-application.js';
import { GuardedRoutesController } from '../../support/guarded-routes.js';
import { alice, bob } from '../../support/project.js';

/** The same bytes in another text: a bit that no decoder looks at is set. */
function withStrayBits(token: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return token.slice(0, -1) + alphabet[alphabet.indexOf(token.slice(-1)) + 1];
}

const { app, url } = await startGuarded({ controllers: [GuardedRoutesController] });
const token = await issuer.accessToken(alice);

describe('The Authorization header', () => {
  it.each(['Bearer', 'bearer', 'BEARER', 'bEaReR'])(
    'accepts the scheme in any case, such as %s',
    async (scheme) => {
      await request(url)
        .get('/required')
        .set('Authorization', `${scheme} ${token}`)
        .expect(200, { userId: alice.userId });
    },
  );

  it.each<[string, (token: string) => string]>([
    ['only the scheme', () => 'Bearer'],
    ['only the token', (text) => text],
    ['two spaces', (text) => `Bearer  ${text}`],
    ['a tab', (text) => `Bearer\t${text}`],
    ['no space', (text) => `Bearer${text}`],
    ['a comma', (text) => `Bearer,${text}`],
    ['a colon', (text) => `Bearer: ${text}`],
    ['the scheme twice', (text) => `Bearer Bearer ${text}`],
    ['an extra part', (text) => `Bearer ${text} extra`],
    ['the token twice', (text) => `Bearer ${text} ${text}`],
    ['two tokens in a list', (text) => `Bearer ${text}, Bearer ${text}`],
    ['a parameter', (text) => `Bearer token=${text}`],
    ['quotes', (text) => `Bearer "${text}"`],
    ['text after the token', (text) => `Bearer ${text}A`],
    ['text before the token', (text) => `Bearer A${text}`],
    ['padding', (text) => `Bearer ${text}==`],
    ['a character outside ASCII', (text) => `Bearer ${text.slice(0, -1)}é`],
    ['a character of plain base64', (text) => `Bearer ${text.slice(0, -1)}+`],
    ['stray bits in the last character', (text) => `Bearer ${withStrayBits(text)}`],
    ['a cut-off token', (text) => `Bearer ${text.slice(0, -1)}`],
    ['two parts', (text) => `Bearer ${text.slice(0, text.lastIndexOf('.'))}`],
    ['a trailing dot', (text) => `Bearer ${text}.`],
    ['four parts', (text) => `Bearer ${text}.AAAA`],
    ['five parts', (text) => `Bearer ${text}.AAAA.AAAA`],
    ['an empty header part', (text) => `Bearer ${text.slice(text.indexOf('.'))}`],
    ['an empty claims part', (text) => `Bearer ${text.replace(/\..*\./, '..')}`],
    ['an empty signature', (text) => `Bearer ${text.slice(0, text.lastIndexOf('.') + 1)}`],
    ['only dots', () => 'Bearer ..'],
    ['words', () => 'Bearer undefined'],
    ['the scheme Basic', () => `Basic ${Buffer.from('alice:password').toString('base64')}`],
    ['a token under the scheme Basic', (text) => `Basic ${text}`],
    ['a token under the scheme Token', (text) => `Token ${text}`],
    ['nothing', () => ''],
  ])('is rejected with %s', async (_what, header) => {
    const headers = { Authorization: header(token) };
    const { status, body } = await request(url).get('/required').set(headers);
    expect({ status, body }).toEqual({
      status: 401,
      body: {
        statusCode: 401,
        message: 'Unauthorized',
        code: expect.stringMatching(/^token_(missing|invalid)$/) as string,
      },
    });
    await request(url).get('/optional').set(headers).expect(200, { userId: null });
  });

  it.each<[string, (token: string) => [string, string][]]>([
    ['another header', (text) => [['X-Authorization', `Bearer ${text}`]]],
    ['the header of a proxy', (text) => [['Proxy-Authorization', `Bearer ${text}`]]],
    ['a cookie', (text) => [['Cookie', `access_token=${text}; Authorization=Bearer ${text}`]]],
  ])('is the only place for a token: %s is ignored', async (_where, headers) => {
    await request(url)
      .get('/required')
      .set(Object.fromEntries(headers(token)))
      .expect(401);
  });

  it('is the only place for a token: the query is ignored', async () => {
    await request(url)
      .get('/required')
      .query({ access_token: token, Authorization: `Bearer ${token}` })
      .expect(401);
  });

  it.each<[string, (mine: string, other: string) => string[]]>([
    ['the same one twice', (mine) => [`Bearer ${mine}`, `Bearer ${mine}`]],
    ['two valid ones', (mine, other) => [`Bearer ${mine}`, `Bearer ${other}`]],
    ['a valid and an invalid one', (mine) => [`Bearer ${mine}`, 'Bearer invalid']],
    ['an invalid and a valid one', (mine) => ['Bearer invalid', `Bearer ${mine}`]],
    ['two schemes', (mine) => [`Bearer ${mine}`, 'Basic YWxpY2U6cGFzc3dvcmQ=']],
    ['an empty and a valid one', (mine) => ['', `Bearer ${mine}`]],
  ])('is rejected when it is sent more than once: %s', async (_what, headersOf) => {
    const values = headersOf(token, await issuer.accessToken(bob));
    // In two spellings, since proxies and clients differ in them.
    const headers = values.flatMap((value, index) => [
      index === 0 ? 'Authorization' : 'authorization',
      value,
    ]);
    expect(await getWithRawHeaders(`${url}/required`, headers)).toEqual({
      status: 401,
      body: { statusCode: 401, message: 'Unauthorized', code: 'token_invalid' },
    });
    expect(await getWithRawHeaders(`${url}/optional`, headers)).toEqual({
      status: 200,
      body: { userId: null },
    });
  });

  it('returns at most a 4xx if the token is larger than all headers may be', async () => {
    const { status } = await request(url)
      .get('/required')
      .set('Authorization', `Bearer ${'A'.repeat(20_000)}`);
    // Node.js itself answers 431 before any application sees the request.
    expect([401, 431]).toContain(status);
  });

  it('accepts a token of 16 KB and not one character more', async () => {
    const propelAuth = app.get(PropelAuthService);
    const largest = await tokenOfLength(16_384);
    await expect(propelAuth.validateAccessToken(largest)).resolves.toMatchObject({
      userId: alice.userId,
    });
    const larger = await tokenOfLength(16_386);
    await expect(propelAuth.validateAccessToken(larger)).rejects.toMatchObject({ status: 401 });
  });
});

/** A valid token of exactly that length; not every length exists in base64url. */
async function tokenOfLength(length: number): Promise<string> {
  const withoutFilling = await issuer.accessToken({ ...alice, properties: { filling: '' } });
  // Four characters for three bytes.
  const filling = 'x'.repeat(Math.round(((length - withoutFilling.length) * 3) / 4));
  const filled = await issuer.accessToken({ ...alice, properties: { filling } });
  expect(filled).toHaveLength(length);
  return filled;
}

/** A request with headers as they are given: clients of a higher level send no header twice. */
function getWithRawHeaders(
  address: string,
  headers: string[],
): Promise<{ status: number | undefined; body: unknown }> {
  return new Promise((resolve, reject) => {
    const raw = sendRaw(address, {
      headers: ['Host', new URL(address).host, 'Connection', 'close', ...headers],
    });
    raw.on('error', reject);
    raw.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode, body: JSON.parse(text) }));
    });
    raw.end();
  });
}
