import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, beforeEach, test } from 'node:test';
import { CallerContext } from 'nestjs-propelauth/cls';
import type { TestUser } from 'nestjs-propelauth/testing';
import request from 'supertest';
import { TasksService } from './tasks/tasks.service.js';
import { emulator, startApp } from './test-app.js';

const { issuer } = emulator;
const app = await startApp();
after(() => app.close());

let acme: string;
let globex: string;
let alice: TestUser; // an Owner of both
beforeEach(() => {
  const id = randomUUID();
  [acme, globex] = [`Acme ${id}`, `Globex ${id}`];
  const orgs = [acme, globex].map((orgName) => ({ orgName, role: 'Owner' as const }));
  alice = { email: `alice-${id}@example.com`, orgs };
});

/** Calls as Alice, below the projects of an organization. */
async function call(verb: 'get' | 'post' | 'put' | 'patch', org: string, path = '', body = {}) {
  const url = `/orgs/${issuer.orgId(org)}/projects${path}`;
  const authorization = await issuer.authorization(alice);
  return request(app.getHttpServer())[verb](url).set('Authorization', authorization).send(body);
}

async function receive(event: Parameters<typeof emulator.webhook>[0]) {
  const { headers, body } = emulator.webhook(event);
  const post = request(app.getHttpServer()).post('/webhooks/propelauth');
  await post.set(headers).send(body).expect(204);
}

/** Creates a project with a task of Alice. */
async function createTask(orgName: string) {
  const project = await call('post', orgName, '', { name: 'Launch' });
  const tasks = `/${project.body.id}/tasks`;
  const task = await call('post', orgName, tasks, { title: 'Write the announcement' });
  assert.equal(task.status, 201);
  const { body } = await call('put', orgName, `${tasks}/${task.body.id}/assignee`);
  assert.equal(body.assigneeId, issuer.userId(alice));
  return { tasks, task: `${tasks}/${task.body.id}`, archive: `/${project.body.id}/archive` };
}

/** Reads without a request: PropelAuth rejects callers whom an event has marked. */
function openTasks(orgName: string) {
  const org = { orgId: issuer.orgId(orgName) };
  return app.get(CallerContext).run({ org }, () => app.get(TasksService).listOpen());
}

const assigneeIn = async (orgName: string) => (await openTasks(orgName))[0]?.assigneeId;

test('An organization reads and changes its own rows only', async () => {
  const { tasks, task, archive } = await createTask(acme);
  assert.equal((await call('post', acme, tasks, { title: 'NUL: \0' })).status, 400);
  assert.equal((await call('get', acme, tasks)).body.length, 1);
  assert.deepEqual((await call('get', globex)).body, []);
  assert.deepEqual((await call('get', globex, tasks)).body, []);
  assert.equal((await call('post', globex, tasks, { title: 'Intrude' })).status, 404);
  assert.equal((await call('patch', globex, task, { done: true })).status, 404);
  assert.equal((await call('post', globex, archive)).status, 404);
});

test('The tasks of an archived project do not change', async () => {
  const { tasks, task, archive } = await createTask(acme);
  assert.equal((await call('post', acme, archive)).status, 201);
  assert.equal((await call('patch', acme, task, { done: true })).status, 409);
  assert.equal((await call('post', acme, tasks, { title: 'Too late' })).status, 409);
});

test('Projects go with their organization, and no others', async () => {
  await createTask(acme);
  await createTask(globex);
  await receive({ event_type: 'org.deleted', org_id: issuer.orgId(acme) });
  assert.deepEqual(await openTasks(acme), []);
  assert.equal((await openTasks(globex)).length, 1);
});

test('Users who leave have no tasks: in the organization, or anywhere', async () => {
  await createTask(acme);
  await createTask(globex);
  const userId = issuer.userId(alice);
  const membership = { removed_user_id: userId, org_id: issuer.orgId(acme) };
  await receive({ event_type: 'user.removed_from_org', ...membership });
  assert.deepEqual([await assigneeIn(acme), await assigneeIn(globex)], [null, userId]);
  await receive({ event_type: 'user.deleted', user_id: userId });
  assert.equal(await assigneeIn(globex), null);
});
