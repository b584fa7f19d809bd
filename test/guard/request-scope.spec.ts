import { Controller, Get, Inject, Injectable, Scope } from '@nestjs/common';
import { REQUEST } from '@nestjs/core';
import {
  CurrentOrg,
  CurrentUser,
  RequireOrgMember,
  RequireUser,
  type OrgMemberInfo,
  type User,
} from 'nestjs-propelauth';
import { request, startGuarded } from '../support/guarded-application.js';
import { ACME, ACME_ID, alice, bob, GLOBEX, userIn } from '../support/project.js';

const gina = userIn('gina', { ...GLOBEX, role: 'Owner' });

@Injectable({ scope: Scope.REQUEST })
class Basket {
  constructor(@Inject(REQUEST) readonly incoming: { headers: Record<string, string> }) {}
}

@Controller({ scope: Scope.REQUEST })
@RequireUser()
class ScopedController {
  constructor(private readonly basket: Basket) {}

  @Get('basket')
  show(@CurrentUser() user: User) {
    return { userId: user.userId, basketOf: this.basket.incoming.headers['x-name'] };
  }

  @Get('orgs/:orgId/basket')
  @RequireOrgMember()
  showOfOrg(@CurrentUser() user: User, @CurrentOrg() org: OrgMemberInfo) {
    return { userId: user.userId, orgName: org.orgName };
  }
}

const { url } = await startGuarded({ providers: [Basket], controllers: [ScopedController] });

describe('A request-scoped controller', () => {
  it('is guarded', async () => {
    await request(url).get('/basket').expect(401);
    await request(url).get(`/orgs/${ACME_ID}/basket`).expect(401);
  });

  it('injects the caller’s own user in many concurrent requests', async () => {
    const people = [alice, bob, gina, alice, bob, gina];
    const answers = await Promise.all(
      people.map(async (person) =>
        request(url, person).get('/basket').set({ 'x-name': person.userId }),
      ),
    );
    expect(answers.map(({ body }) => body as unknown)).toEqual(
      people.map(({ userId }) => ({ userId, basketOf: userId })),
    );
  });

  it('keeps organization rules', async () => {
    const path = `/orgs/${ACME_ID}/basket`;
    await request(url, bob).get(path).expect(200, { userId: 'user-bob', orgName: ACME.orgName });
    await request(url, gina).get(path).expect(403);
  });
});
