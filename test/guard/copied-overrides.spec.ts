import { Controller, Get, Inject, UseGuards, type Type } from '@nestjs/common';
import { REQUEST } from '@nestjs/core';
import { PropelAuthGuard, RequireOrgRole, RequireUser } from 'nestjs-propelauth';
import { request, startGuarded } from '../support/guarded-application.js';
import { ACME_ID, alice, carol } from '../support/project.js';

class Base {
  @Get('report/:orgId')
  @RequireOrgRole('Owner')
  report() {}
}

/** Overrides a method under a rule, and has no access decorator of its own. */
@Controller('source')
class Source extends Base {
  @Get('report/:orgId')
  override report() {}
}

@Controller('copy')
class WithRules {
  @Get('own')
  @RequireUser()
  own() {}
}

@Controller('copy')
class WithoutRules {}

const { report } = Object.getOwnPropertyDescriptors(Source.prototype);
for (const { prototype } of [WithRules, WithoutRules]) {
  Object.defineProperty(prototype, 'report', report);
}

@Controller('scoped')
class RequestScoped {
  constructor(@Inject(REQUEST) readonly incoming: unknown) {}

  @Get()
  @UseGuards(PropelAuthGuard)
  show() {}
}

describe('A copy of a method that overrides one under a rule', () => {
  const copies: [string, Type[]][] = [
    ['applied before its source', [WithRules, Source]],
    ['applied after its source', [Source, WithRules]],
  ];

  it.each(copies)('is under the same rule, %s', async (_where, controllers) => {
    const { url } = await startGuarded({ controllers });
    const statuses = await Promise.all(
      ['/source', '/copy'].map(async (path) => {
        const anonymous = await request(url).get(`${path}/report/${ACME_ID}`);
        const member = await request(url, carol).get(`${path}/report/${ACME_ID}`);
        const owner = await request(url, alice).get(`${path}/report/${ACME_ID}`);
        return [anonymous.status, member.status, owner.status];
      }),
    );
    expect(statuses).toEqual([
      [401, 403, 200],
      [401, 403, 200],
    ]);
  });

  it('is under the same rule in a class without rules', async () => {
    const { url } = await startGuarded({ controllers: [WithoutRules, Source] });
    expect((await request(url).get(`/copy/report/${ACME_ID}`)).status).toBe(401);
  });
});

describe('A request-scoped controller', () => {
  it('accepts PropelAuthGuard on one method', async () => {
    const { url } = await startGuarded({ controllers: [RequestScoped] });
    expect((await request(url).get('/scoped')).status).toBe(401);
  });
});
