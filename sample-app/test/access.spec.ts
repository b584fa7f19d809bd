import { expectAccess } from 'nestjs-propelauth/testing';
import { startApplication } from '../src/start-application.js';
import { LOCAL } from './sample-app.js';

/** A route that loses its decorator, or a new one, shows here. */
it('the access table of the sample app matches this one', async () => {
  const app = await startApplication({ ...LOCAL, port: 0 }, { logger: false });
  try {
    expectAccess(app).toEqual({
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
      'GET /api/v1/refresh_token': 'public',
      'GET /api/whoami_optional': 'optional user',
      'GET /propelauth/login': 'public',
      'GET /propelauth/oauth/authorize': 'public',
      'GET /propelauth/pages/:page': 'public',
      'GET /propelauth/users': 'public',
      'GET /propelauth/users/access-token': 'public',
      'POST /propelauth/login': 'public',
      'POST /propelauth/logout': 'public',
      'POST /propelauth/oauth/authorize': 'public',
      'POST /propelauth/oauth/token': 'public',
      'POST /propelauth/users/change': 'public',
      'POST /propelauth/users/step-up-grant': 'public',
    });
  } finally {
    await app.close();
  }
});
