import { expectAccess } from 'nestjs-propelauth/testing';
import { startSampleApp } from './sample-app.js';

/** A route that loses its decorator, or a new one, shows here. */
it('the access table of the sample app matches this one', async () => {
  const sampleApp = await startSampleApp();
  try {
    expectAccess(sampleApp.app).toEqual({
      'GET /': 'user',
      'GET /api/health': 'public',
      'GET /api/org/:orgId/admin_only': 'exactly Admin of the org in path orgId',
      'GET /api/org/:orgId/admin_or_owner': 'Admin and above of the org in path orgId',
      'GET /api/org/:orgId/billing': 'members with can_view_billing of the org in path orgId',
      'GET /api/org/:orgId/check': 'members of the org in path orgId',
      'GET /api/org/:orgId/report': 'user or API key: members of the org in path orgId',
      'GET /api/script': 'API key',
      'POST /api/account/closing': 'user, not impersonated',
      'POST /api/withdrawals': 'user, with step-up for WITHDRAW_FUNDS',
      'GET /api/whoami_optional': 'optional user',
    });
  } finally {
    await sampleApp.close();
  }
});
