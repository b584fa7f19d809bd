import { describeAccess } from 'nestjs-propelauth';
import { accessTable } from '../src/access-table.js';
import { startApplication } from '../src/start-application.js';
import { LOCAL } from './sample-app.js';

/** A route that loses its decorator, or a new one, shows here. */
it('who may call which route of the sample app is as written here', async () => {
  const app = await startApplication({ ...LOCAL, port: 0 }, { logger: false });
  try {
    expect(accessTable(describeAccess(app))).toEqual([
      'GET   /                               users',
      'GET   /api/health                     everybody',
      'GET   /api/org/:orgId/admin_only      exactly Admin of the org in path orgId',
      'GET   /api/org/:orgId/admin_or_owner  Admin and above of the org in path orgId',
      'GET   /api/org/:orgId/billing         members with can_view_billing of the org in path orgId',
      'GET   /api/org/:orgId/check           members of the org in path orgId',
      'GET   /api/v1/refresh_token           everybody',
      'GET   /api/whoami_optional            everybody, users by name',
      'GET   /propelauth/oauth/authorize     everybody',
      'POST  /propelauth/oauth/authorize     everybody',
      'POST  /propelauth/oauth/token         everybody',
    ]);
  } finally {
    await app.close();
  }
});
