import { Controller, Get } from '@nestjs/common';
import { PropelAuthGuard, RequireOrgRole } from 'nestjs-propelauth';
import { expectAccess } from 'nestjs-propelauth/testing';
import { readFileSync } from 'node:fs';
import { messageOf, startHeldApplication } from '../../support/access-matrix.js';

@Controller('orgs/:orgId')
class OrgsController {
  @Get()
  @RequireOrgRole('Admin')
  show() {}
}

/** The page of the documentation shows the output for a guard that was replaced. */
it('the output of toHold() is what docs/access-matrix.md shows', async () => {
  const page = readFileSync('docs/access-matrix.md', 'utf8');
  const shown = /```text\n(?<output>[^]*?)\n```/.exec(page)?.groups?.['output'];
  const { app } = await startHeldApplication({
    controllers: [OrgsController],
    override: (builder) =>
      builder.overrideProvider(PropelAuthGuard).useValue({ canActivate: () => true }),
  });
  expect(await messageOf(expectAccess(app).toHold())).toBe(shown);
});
