import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { TestIssuer } from 'nestjs-propelauth/testing';
import request from 'supertest';
import { ACME } from '../src/local-users.js';
import { LOCAL_WEBHOOK_SECRET, WEBHOOK_PATH } from '../src/local-webhooks.js';
import {
  accessTokenOf,
  LOCAL,
  startSampleApp,
  startSampleAppWith,
  WITH_SECRET,
  type SampleApp,
} from './sample-app.js';

const REPORT = `/api/org/${ACME.orgId}/report`;
const ALICES_KEY = 'alices-local-api-key';
const ACMES_KEY = 'acmes-local-api-key';

describe('the routes that depend on PropelAuth’s backend', () => {
  let sampleApp: SampleApp;

  beforeAll(async () => {
    sampleApp = await startSampleApp(LOCAL);
  });

  afterAll(() => sampleApp.close());

  const get = (path: string, headers: Record<string, string> = {}) =>
    request(sampleApp.url).get(path).set(headers);

  async function postAs(user: string, path: string, headers: Record<string, string> = {}) {
    const token = await accessTokenOf(user, sampleApp);
    return request(sampleApp.url).post(path).auth(token, { type: 'bearer' }).set(headers);
  }

  it.each([
    ['a personal key', { 'x-api-key': ALICES_KEY }, 200],
    ['a key of Acme', { authorization: `Bearer ${ACMES_KEY}` }, 200],
    ['an unknown key', { 'x-api-key': 'unknown' }, 401],
    ['nothing', {}, 401],
  ])('/api/script responds to %s with %3$i', async (_what, headers, status) => {
    expect((await get('/api/script', headers)).status).toBe(status);
  });

  it('the report is for members and API keys of the organization', async () => {
    const token = await accessTokenOf('carol', sampleApp);
    const ofUser = await get(REPORT, { authorization: `Bearer ${token}` });
    expect(ofUser.body).toEqual({ message: 'A report of Acme Inc for a user' });
    const ofScript = await get(REPORT, { 'x-api-key': ACMES_KEY });
    expect(ofScript.body).toEqual({ message: 'A report of Acme Inc for a script' });
    expect((await get(REPORT, { 'x-api-key': ALICES_KEY })).status).toBe(403);
  });

  it('a withdrawal accepts a grant from the users page, once', async () => {
    expect((await postAs('alice', '/api/withdrawals')).body).toMatchObject({
      reason: 'step_up_required',
    });
    const { text } = await request(sampleApp.url)
      .post(`/propelauth/users/step-up-grant?${WITH_SECRET}`)
      .set('origin', LOCAL.origin)
      .type('form')
      .send({ user: 'alice', action_type: 'WITHDRAW_FUNDS' })
      .expect(200);
    const grant = /<code[^>]*>([^<]{16,})<\/code>/.exec(text)?.[1] ?? '';
    const withGrant = () => postAs('alice', '/api/withdrawals', { 'x-step-up-grant': grant });
    expect((await withGrant()).status).toBe(200);
    expect((await withGrant()).status).toBe(403);
  });

  it('a signed event is handled, and only once if it is sent again', async () => {
    const issuer = await TestIssuer.create();
    const event = { event_type: 'user.created', user_id: randomUUID() };
    const { headers, body } = issuer.webhook(event, { secret: LOCAL_WEBHOOK_SECRET });
    const deliver = (changed = {}) =>
      request(sampleApp.url)
        .post(WEBHOOK_PATH)
        .set({ ...headers, ...changed })
        .send(body);
    const logged = jest.spyOn(Logger.prototype, 'log').mockReturnValue(undefined);
    expect((await deliver()).status).toBe(204);
    expect((await deliver()).status).toBe(204);
    expect(logged.mock.calls).toEqual([['PropelAuth says: user.created']]);
    expect((await deliver({ 'svix-signature': 'v1,AAAA' })).status).toBe(400);
  });

  it('a member who is removed on the users page is rejected from the next call on', async () => {
    const token = await accessTokenOf('carol', sampleApp);
    const statusOfReport = async () =>
      (await get(REPORT, { authorization: `Bearer ${token}` })).status;
    expect(await statusOfReport()).toBe(200);
    const carol = 'ca401000-0000-4000-8000-000000000003';
    await request(sampleApp.url)
      .post(`/propelauth/users/change?${WITH_SECRET}`)
      .set('origin', LOCAL.origin)
      .type('form')
      .send({ change: 'user.removed_from_org', user_id: carol, org: ACME.orgId })
      .expect(303);
    expect(await statusOfReport()).toBe(403);
  });

  it('only its user can close an account', async () => {
    expect((await postAs('dave', '/api/account/closing')).status).toBe(200);
    const issuer = await TestIssuer.create();
    const project = await startSampleAppWith(issuer, {
      mode: 'propelauth',
      port: 0,
      origin: 'http://localhost',
      authUrl: 'https://auth.example.com',
      apiKey: 'key',
    });
    try {
      const { status } = await request(project.url)
        .post('/api/account/closing')
        .auth(await issuer.accessToken({ impersonatorUserId: 'employee' }), { type: 'bearer' });
      expect(status).toBe(403);
      // Without a secret for events there is no route for them.
      expect((await request(project.url).post(WEBHOOK_PATH)).status).toBe(404);
    } finally {
      await project.close();
    }
  });
});
