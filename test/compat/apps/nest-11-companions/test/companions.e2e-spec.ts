import type { INestApplication } from '@nestjs/common';
import { NotesModule } from '../src/notes.controller';
import { post, start } from './companion-promises';
import { describeCompanions } from './companion-suites';
import { accessToken, ORG_ID } from './issuer';

describeCompanions();

describe('Requests are validated behind the guard', () => {
  let app: INestApplication;

  beforeAll(async () => {
    app = await start(NotesModule);
  });

  afterAll(() => app.close());

  const admin = accessToken('Admin');
  const note = { title: 'Q3' };

  it.each([
    ['nestjs-zod', '/notes', accessToken(), { ...note, createdBy: 'alice' }],
    ['@ts-rest/nest', `/orgs/${ORG_ID}/notes`, admin, { ...note, orgName: 'Acme Inc' }],
  ])('by %s', async (_library, path, token, created) => {
    expect((await post(app, path, undefined, {})).status).toBe(401);
    expect((await post(app, path, token, {})).status).toBe(400);
    expect(await post(app, path, token, note)).toEqual({ status: 201, body: created });
  });

  it('by @ts-rest/nest, after the organization rule of a handler', async () => {
    const member = accessToken('Member');
    expect((await post(app, `/orgs/${ORG_ID}/notes`, member, {})).status).toBe(403);
  });
});
