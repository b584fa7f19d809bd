import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, beforeEach, test } from 'node:test';
import { CallerContext } from 'nestjs-propelauth/cls';
import type { TestUser } from 'nestjs-propelauth/testing';
import request from 'supertest';
import { ProjectsService } from './projects/projects.service.js';
import { TasksService } from './tasks/tasks.service.js';
import { emulator, startApp } from './test-app.js';

const { issuer } = emulator;
const app = await startApp();
after(() => app.close());

let acme: string;
let globex: string;
let alice: TestUser; // an Owner of both
let bob: TestUser; // an Admin of both
beforeEach(() => {
  const id = randomUUID();
  [acme, globex] = [`Acme ${id}`, `Globex ${id}`];
  const member = (name: string, role: 'Owner' | 'Admin') => ({
    email: `${name}-${id}@example.com`,
    orgs: [acme, globex].map((orgName) => ({ orgName, role, orgMetadata: { plan: 'pro' } })),
  });
  [alice, bob] = [member('alice', 'Owner'), member('bob', 'Admin')];
});

type Verb = 'get' | 'post' | 'put' | 'patch';

/** Calls as Alice or another user, below the projects of an organization. */
async function call(verb: Verb, org: string, path = '', body = {}, user = alice) {
  const url = `/orgs/${issuer.orgId(org)}/projects${path}`;
  const authorization = await issuer.authorization(user);
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
  assert.equal(project.body.leadId, issuer.userId(alice));
  const tasks = `/${project.body.id}/tasks`;
  const task = await call('post', orgName, tasks, { title: 'Write the announcement' });
  assert.equal(task.status, 201);
  const { body } = await call('put', orgName, `${tasks}/${task.body.id}/assignee`);
  assert.equal(body.assigneeId, issuer.userId(alice));
  const path = `/${project.body.id}`;
  return { path, tasks, task: `${tasks}/${task.body.id}`, archive: `${path}/archive` };
}

/** Reads without a request: PropelAuth rejects callers whom an event has marked. */
function inOrg<Result>(orgName: string, read: () => Promise<Result>): Promise<Result> {
  return app.get(CallerContext).run({ org: { orgId: issuer.orgId(orgName) } }, read);
}

const openTasks = (orgName: string) => inOrg(orgName, () => app.get(TasksService).listOpen());

async function usersIn(orgName: string) {
  const [project] = await inOrg(orgName, () => app.get(ProjectsService).list());
  const [task] = await openTasks(orgName);
  return [project?.leadId, task?.assigneeId];
}

test('An organization reads and changes its own rows only', async () => {
  const { path, tasks, task } = await createTask(acme);
  assert.equal((await call('post', acme, tasks, { title: 'NUL: \0' })).status, 400);
  assert.equal((await call('get', acme, path)).body.name, 'Launch');
  assert.equal((await call('get', acme, tasks)).body.length, 1);
  assert.deepEqual((await call('get', globex)).body, []);
  assert.deepEqual((await call('get', globex, tasks)).body, []);
  assert.equal((await call('post', globex, tasks, { title: 'Intrude' })).status, 404);
  assert.equal((await call('patch', globex, task, { done: true })).status, 404);
  assert.equal((await call('get', globex, path)).status, 404);
  assert.equal((await call('post', globex, `${path}/archive`)).status, 404);
});

test('Owners archive all projects, and Admins those that they lead', async () => {
  const { archive } = await createTask(acme);
  const { body } = await call('post', acme, '', { name: 'Hiring' }, bob);
  assert.equal((await call('post', acme, archive, {}, bob)).body.code, 'not_the_lead');
  assert.equal((await call('post', acme, '/no-uuid/archive', {}, bob)).status, 403);
  assert.equal((await call('post', acme, `/${body.id}/archive`, {}, bob)).status, 201);
  assert.equal((await call('post', acme, archive)).status, 201);
});

test('An organization on the free plan archives no projects', async () => {
  const { archive } = await createTask(acme);
  const free = { ...alice, orgs: [{ orgName: acme, role: 'Owner' as const }] };
  assert.equal((await call('post', acme, archive, {}, free)).body.code, 'plan_required');
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

test('Users who leave have no projects and tasks: in the organization, or anywhere', async () => {
  await createTask(acme);
  await createTask(globex);
  const userId = issuer.userId(alice);
  const membership = { removed_user_id: userId, org_id: issuer.orgId(acme) };
  await receive({ event_type: 'user.removed_from_org', ...membership });
  assert.deepEqual(await usersIn(acme), [null, null]);
  assert.deepEqual(await usersIn(globex), [userId, userId]);
  await receive({ event_type: 'user.deleted', user_id: userId });
  assert.deepEqual(await usersIn(globex), [null, null]);
});
