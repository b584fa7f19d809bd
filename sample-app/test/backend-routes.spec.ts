import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import request from 'supertest';
import { accessTokenOf, ACME_ID, startSampleApp, type SampleApp } from './sample-app.js';

const REPORT = `/api/org/${ACME_ID}/report`;
const WEBHOOKS = '/api/webhooks/propelauth';
const ALICES_KEY = 'alices-local-api-key';
const ACMES_KEY = 'acmes-local-api-key';

describe('the routes that depend on PropelAuth’s backend', () => {
  let sampleApp: SampleApp;

  beforeAll(async () => {
    sampleApp = await startSampleApp();
  });

  afterAll(() => sampleApp.close());

  const get = (path: string, headers: Record<string, string> = {}) =>
    request(sampleApp.url).get(path).set(headers);

  async function postAs(user: string, path: string, headers: Record<string, string> = {}) {
    const token = await accessTokenOf(user, sampleApp);
    return request(sampleApp.url).post(path).auth(token, { type: 'bearer' }).set(headers);
  }

  const post = ({ headers, body }: { headers: Record<string, string>; body: string }) =>
    request(sampleApp.url).post(WEBHOOKS).set(headers).send(body);

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

  it('a withdrawal accepts a step-up grant, once', async () => {
    expect((await postAs('alice', '/api/withdrawals')).body).toMatchObject({
      code: 'step_up_required',
    });
    const { emulator } = sampleApp;
    const userId = emulator.issuer.userId(emulator.user('alice'));
    const grant = emulator.grantStepUp({ userId, actionType: 'WITHDRAW_FUNDS' });
    const withGrant = () => postAs('alice', '/api/withdrawals', { 'x-step-up-grant': grant });
    expect((await withGrant()).status).toBe(200);
    expect((await withGrant()).status).toBe(403);
  });

  it('a signed event is handled, and only once if it is sent again', async () => {
    const event = sampleApp.emulator.webhook({ event_type: 'user.created', user_id: randomUUID() });
    const logged = jest.spyOn(Logger.prototype, 'log').mockReturnValue(undefined);
    expect((await post(event)).status).toBe(204);
    expect((await post(event)).status).toBe(204);
    expect(logged.mock.calls).toEqual([['PropelAuth says: user.created']]);
    const forged = { ...event, headers: { ...event.headers, 'svix-signature': 'v1,AAAA' } };
    expect((await post(forged)).status).toBe(400);
  });

  it('a removed member is rejected from the event on', async () => {
    const { emulator } = sampleApp;
    const carol = emulator.user('carol');
    const userId = emulator.issuer.userId(carol);
    const headers = { authorization: `Bearer ${await accessTokenOf('carol', sampleApp)}` };
    expect((await get(REPORT, headers)).status).toBe(200);
    emulator.addUser({ ...carol, orgs: [] });
    const event = { event_type: 'user.removed_from_org', user_id: userId, org_id: ACME_ID };
    await post(emulator.webhook(event)).expect(204);
    expect((await get(REPORT, headers)).status).toBe(403);
  });

  it('only its user can close an account', async () => {
    expect((await postAs('dave', '/api/account/closing')).status).toBe(200);
    const { issuer } = sampleApp.emulator;
    const { status } = await request(sampleApp.url)
      .post('/api/account/closing')
      .auth(await issuer.accessToken({ impersonatorUserId: 'employee' }), { type: 'bearer' });
    expect(status).toBe(403);
  });
});
