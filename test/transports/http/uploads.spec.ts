import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Controller, Post, UseInterceptors } from '@nestjs/common';
import { FileInterceptor } from '@nestjs/platform-express';
import { orgFromBody, RequireOrgMember } from 'nestjs-propelauth';
import type { RunningApplication } from '../../support/application.js';
import { request, startGuarded } from '../../support/guarded-application.js';
import { ACME_ID, alice, GLOBEX_ID } from '../../support/project.js';

const uploads = mkdtempSync(join(tmpdir(), 'nestjs-propelauth-uploads-'));

@Controller()
class UploadsController {
  @Post('orgs/:orgId/documents')
  @RequireOrgMember()
  @UseInterceptors(FileInterceptor('file', { dest: uploads }))
  upload() {}

  @Post('forms')
  @RequireOrgMember({ org: orgFromBody('orgId') })
  @UseInterceptors(FileInterceptor('file', { dest: uploads }))
  form() {}
}

describe('An upload', () => {
  let application: RunningApplication;
  beforeAll(async () => (application = await startGuarded({ controllers: [UploadsController] })));
  afterAll(() => rmSync(uploads, { recursive: true }));

  async function upload(path: string, user: typeof alice | null): Promise<number> {
    const { status } = await request(application.url, user)
      .post(path)
      .field('orgId', ACME_ID)
      .attach('file', Buffer.from('contents'), 'report.txt');
    return status;
  }

  it('that a rule rejects is not stored', async () => {
    expect(await upload(`/orgs/${ACME_ID}/documents`, null)).toBe(401);
    expect(await upload(`/orgs/${GLOBEX_ID}/documents`, alice)).toBe(403);
    expect(readdirSync(uploads)).toEqual([]);
  });

  it('of a member is stored', async () => {
    expect(await upload(`/orgs/${ACME_ID}/documents`, alice)).toBe(201);
    expect(readdirSync(uploads)).toHaveLength(1);
  });

  it('has no fields yet for orgFromBody(), which therefore rejects it', async () => {
    expect(await upload('/forms', alice)).toBe(403);
  });
});
