import { Controller, Get } from '@nestjs/common';
import {
  CurrentUser,
  OptionalUser,
  Public,
  RequireApiKey,
  RequireOrgMember,
  RequireOrgRole,
  RequireStepUpMfa,
  RequireUser,
  RequireUserOrApiKey,
  type User,
} from 'nestjs-propelauth';
import request from 'supertest';
import { issuer, startGuarded } from '../support/guarded-application.js';
import { ACME_ID, alice, carol, dave, headersOf } from '../support/project.js';
import { RecordingLogger } from '../support/recording-logger.js';
import { reportsController, type WrittenRules } from './reports-controller.js';

@Controller('second')
class SecondController {
  @Get()
  @Public()
  find(@CurrentUser() user: User) {
    return user;
  }
}

describe('startupAudit: warn', () => {
  const member = RequireOrgMember();
  const owner = RequireOrgRole('Owner');
  const people = { nobody: null, alice, carol, dave };

  it('starts the application and logs all findings in one warning', async () => {
    const logger = new RecordingLogger();
    await startGuarded(
      { controllers: [reportsController({ handler: [Public(), member] }), SecondController] },
      { startupAudit: 'warn' },
      (app) => app.useLogger(logger),
    );
    expect(logger.of('warn')).toHaveLength(1);
    const [warning] = logger.of('warn');
    expect(warning).toContain('ReportsController.show');
    expect(warning).toContain('SecondController.find');
    expect(logger.of('error')).toEqual([]);
  });

  it('logs nothing without findings', async () => {
    const logger = new RecordingLogger();
    await startGuarded(
      { controllers: [reportsController({ handler: [member] })] },
      { startupAudit: 'warn' },
      (app) => app.useLogger(logger),
    );
    expect(logger.of('warn')).toEqual([]);
  });

  const members = { nobody: 401, alice: 200, carol: 200, dave: 403 };
  const owners = { nobody: 401, alice: 200, carol: 403, dave: 403 };
  const none = { nobody: 403, alice: 403, carol: 403, dave: 403 };

  it.each<[string, WrittenRules, Record<keyof typeof people, number>]>([
    ['@Public() with @RequireUser()', { handler: [Public(), RequireUser()] }, none],
    ['@RequireApiKey() with @RequireUser()', { handler: [RequireApiKey(), RequireUser()] }, none],
    [
      'step-up MFA under @RequireUserOrApiKey()',
      { handler: [RequireStepUpMfa('PAY')], class: [RequireUserOrApiKey()] },
      none,
    ],
    ['@RequireUser() with @Public()', { handler: [RequireUser(), Public()] }, none],
    ['both on the class', { class: [Public(), RequireUser()] }, none],
    ['@OptionalUser() with @RequireUser()', { handler: [OptionalUser(), RequireUser()] }, none],
    ['@Public() with @OptionalUser()', { handler: [Public(), OptionalUser()] }, none],
    ['@Public() with a rule', { handler: [Public(), member] }, members],
    ['a rule beside @Public()', { handler: [member, Public()] }, members],
    ['@OptionalUser() with a rule', { handler: [OptionalUser(), member] }, members],
    ['@OptionalUser() under a rule', { handler: [OptionalUser()], class: [owner] }, owners],
    [
      '@OptionalUser() under an inherited rule',
      { handler: [OptionalUser()], parent: [owner] },
      owners,
    ],
    [
      '@Public() with @RequireUser(), under a rule',
      { handler: [Public(), RequireUser()], class: [owner] },
      none,
    ],
    [
      '@Public() with a rule, under a stricter one',
      { handler: [Public(), member], class: [owner] },
      owners,
    ],
  ])(
    'lets in nobody whom one of contradicting rules rejects: %s',
    async (_what, written, expected) => {
      const { url } = await startGuarded(
        { controllers: [reportsController(written)] },
        { startupAudit: 'warn' },
      );
      const answers: Record<string, number> = {};
      for (const [name, user] of Object.entries(people)) {
        const headers = await headersOf(issuer, user);
        const { status } = await request(url).get(`/reports/${ACME_ID}`).set(headers);
        answers[name] = status;
      }
      expect(answers).toEqual(expected);
    },
  );
});
