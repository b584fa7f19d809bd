import { Controller, Get } from '@nestjs/common';
import {
  RequireApiKey,
  RequireOrgMember,
  RequireOrgRole,
  type ApiKeysOptions,
} from 'nestjs-propelauth';
import request from 'supertest';
import { Backend, UNKNOWN_KEY } from '../../support/backend.js';
import { startGuarded } from '../../support/guarded-application.js';
import { ACME, ACME_ID, GLOBEX_ID } from '../../support/project.js';
import { aliceInAcme } from './api-keys.js';

const memberKey = {
  user: { user_id: 'user-alice', email: 'alice@example.com' },
  org: { org_id: ACME_ID, name: ACME.orgName, metadata: {} },
  user_in_org: aliceInAcme,
};

@Controller('orgs/:orgId')
@RequireApiKey()
@RequireOrgMember()
class OrgController {
  @Get()
  show() {
    return {};
  }

  @Get('owner')
  @RequireOrgRole('Owner')
  owner() {
    return {};
  }
}

/** Starts a service of its own; what it gives back asks it, and tells the status of the answer. */
async function startService(apiKeys: ApiKeysOptions) {
  const { url } = await startGuarded({ controllers: [OrgController] }, { apiKeys });
  return async (path: string, key = 'member-key') =>
    (await request(url).get(`/orgs/${path}`).set('X-API-Key', key)).status;
}

const backend = await Backend.start();

describe('Routes for cached API keys', () => {
  beforeEach(() => {
    backend.reset();
    backend.apiKeys.set('member-key', { status: 200, body: memberKey });
  });

  it('check their rules for every request', async () => {
    const status = await startService({ cacheSeconds: 60 });
    expect(await status(ACME_ID)).toBe(200);
    expect(await status(GLOBEX_ID)).toBe(403);
    expect(await status(`${ACME_ID}/owner`)).toBe(403);
    expect(await status(ACME_ID)).toBe(200);
    expect(backend.bodies).toHaveLength(1);
  });

  it('keep accepting a cached key that PropelAuth has revoked, and cache only valid keys', async () => {
    const status = await startService({ cacheSeconds: 60 });
    expect(await status(ACME_ID)).toBe(200);
    backend.failure = { status: 500 };
    expect(await status(ACME_ID)).toBe(200);
    expect(await status(ACME_ID, 'another-key')).toBe(503);
    backend.failure = UNKNOWN_KEY;
    expect(await status(ACME_ID)).toBe(200);
    expect(await status(ACME_ID, 'another-key')).toBe(401);
  });

  it('reject a revoked key at once without cacheSeconds', async () => {
    const status = await startService({});
    expect(await status(ACME_ID)).toBe(200);
    backend.apiKeys.clear();
    expect(await status(ACME_ID)).toBe(401);
  });

  it('accept a key that another service has validated, with a shared store', async () => {
    const store = new Map<string, string>();
    const first = await startService({ cacheSeconds: 60, store });
    const second = await startService({ cacheSeconds: 60, store });
    expect(await first(ACME_ID)).toBe(200);
    backend.failure = { status: 500 };
    expect(await second(ACME_ID)).toBe(200);
    expect(await second(GLOBEX_ID)).toBe(403);
    expect(await second(ACME_ID, 'another-key')).toBe(503);
  });
});
