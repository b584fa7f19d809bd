import { Controller, Get } from '@nestjs/common';
import { PropelAuthGuard, RequireOrgMember, RequireOrgRole } from 'nestjs-propelauth';
import { expectAccess } from 'nestjs-propelauth/testing';
import { readFileSync } from 'node:fs';
import { messageOf, startMatrixApplication } from '../../support/access-matrix.js';
import { classOf } from '../../support/routes.js';

const orgs = classOf('OrgsController', [Controller('orgs/:orgId')], {
  show: [Get(), RequireOrgRole('Admin')],
});
const operations = classOf('OperationsController', [Controller()], {
  metrics: [Get('metrics')],
  status: [Get('status')],
});
const ofApplication = RequireOrgMember({ org: () => undefined });
const invoices = classOf('InvoicesController', [Controller('invoices/:id'), ofApplication], {
  show: [Get()],
  lines: [Get('lines')],
});

const page = readFileSync('docs/access-matrix.md', 'utf8');
const [ofOne, ofSeveral, ofUntried] = [...page.matchAll(/```text\n(?<output>[^]*?)\n```/g)].map(
  ({ groups }) => groups?.['output'],
);

/** Each run makes up an organization of its own. */
function withoutIds(text: string): string {
  return text.replaceAll(/[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/g, 'an id');
}

describe('The output of toHold() is what docs/access-matrix.md shows', () => {
  it('for a guard that was replaced', async () => {
    const { app } = await startMatrixApplication({
      controllers: [orgs],
      override: (builder) =>
        builder.overrideProvider(PropelAuthGuard).useValue({ canActivate: () => true }),
    });
    expect(withoutIds(await messageOf(expectAccess(app).toHold()))).toBe(withoutIds(String(ofOne)));
  });

  it('for several handlers with the same problem', async () => {
    const { app } = await startMatrixApplication({ controllers: [operations] });
    const [, paragraph] = (await messageOf(expectAccess(app).toHold())).split('\n\n');
    expect(paragraph).toBe(ofSeveral);
  });

  it('for handlers that it could not try', async () => {
    const { app } = await startMatrixApplication({
      controllers: [invoices, orgs],
    });
    const [, ...paragraphs] = (await messageOf(expectAccess(app).toHold())).split('\n\n');
    expect(paragraphs.join('\n\n')).toBe(ofUntried);
  });
});
