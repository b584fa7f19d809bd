import { Controller, Get } from '@nestjs/common';
import request from 'supertest';
import { startApplication, type RunningApplication } from '../../../test/support/application.js';
import { LocalPropelAuthModule } from './local-propel-auth.module.js';

@Controller()
class OtherController {
  @Get(['/', 'other'])
  answer() {
    return {};
  }
}

describe('LocalPropelAuthModule', () => {
  let application: RunningApplication;

  beforeAll(async () => {
    application = await startApplication({
      imports: [LocalPropelAuthModule.forRoot({ askedFor: true, origin: 'http://localhost:3000' })],
      controllers: [OtherController],
    });
  });

  afterAll(() => application.close());

  it.each(['/api/v1/refresh_token?user=alice', '/API/V1/refresh_token/?user=alice', '/', '/other'])(
    'has the application that imports it answer %s to loopback hosts only',
    async (path) => {
      await request(application.url).get(path).expect(200);
      await request(application.url).get(path).set('Host', 'evil.example').expect(421);
    },
  );
});
