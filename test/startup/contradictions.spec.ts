import { Controller, Get, type INestApplication } from '@nestjs/common';
import { Query, Resolver } from '@nestjs/graphql';
import {
  CurrentApiKey,
  CurrentOrg,
  CurrentUser,
  DenyImpersonation,
  OptionalUser,
  OverrideRules,
  PropelAuthConfigurationError,
  Public,
  RequireApiKey,
  RequireOrgMember,
  RequireOrgRole,
  RequirePermission,
  RequireStepUpMfa,
  RequireUser,
  RequireUserOrApiKey,
} from 'nestjs-propelauth';
import { beforeTests, failureOf } from '../support/application.js';
import { graphqlModule } from '../support/graphql.js';
import { request, startGuarded } from '../support/guarded-application.js';
import { ACME_ID, alice, carol, dave } from '../support/project.js';
import { RecordingLogger } from '../support/recording-logger.js';
import { messageOf } from '../support/start-error.js';
import { reportsControllers, type WrittenRules } from './reports-controller.js';

const member = RequireOrgMember();
const owner = RequireOrgRole('Owner');
const mayView = RequirePermission('can_view_reports');

const OVERRIDE = 'or add @OverrideRules(): the rules of a handler add to those of its class.';

const PERSONAL_KEYS =
  "The organization rule rejects every API key of the kind 'personal', because such keys belong to no organization. Remove the rule, or " +
  "accept keys of the kind 'org'";

const ONE_HEADER =
  '@RequireStepUpMfa() reads the grants of several action types from the same header "x-step-up-grant". Keep one decorator, or give each ' +
  'its own grantHeader';

/** What startup says, and how rules are written of which it says that. */
const CONTRADICTIONS: [finding: string, ...written: WrittenRules[]][] = [
  [
    '@Public() and @RequireUser() are on the same method or class. Remove one.',
    { handler: [Public(), RequireUser()] },
  ],
  [
    '@RequireUser() and @OptionalUser() are on the same method or class. Remove one.',
    { handler: [RequireUser(), OptionalUser()] },
  ],
  [
    '@OptionalUser() and @Public() are on the same method or class. Remove one.',
    { handler: [OptionalUser(), Public()] },
  ],
  [
    '@RequireApiKey() and @RequireUser() are on the same method or class. Remove one.',
    { handler: [RequireApiKey(), RequireUser()] },
  ],
  [
    '@RequireApiKey() and @RequireUserOrApiKey() are on the same method or class. Remove one.',
    { handler: [RequireApiKey(), RequireUserOrApiKey()] },
  ],
  [
    '@RequireApiKey() is used twice, with different options. Remove one.',
    { handler: [RequireApiKey(), RequireApiKey({ kind: 'org' })] },
  ],
  [
    '@RequireUserOrApiKey() is used twice, with different options. Remove one.',
    { class: [RequireUserOrApiKey({ kind: 'org' }), RequireUserOrApiKey({ kind: 'personal' })] },
  ],
  [
    "@Public() contradicts @RequireOrgMember(), which requires a caller of the kind 'user'. Remove one of them.",
    { handler: [Public(), member] },
  ],
  [
    "@Public() contradicts @RequireOrgRole(), which requires a caller of the kind 'user'. Remove one of them.",
    { handler: [owner, Public()] },
  ],
  [
    "@Public() contradicts @RequirePermission(), which requires a caller of the kind 'user'. Remove one of them.",
    { handler: [Public(), mayView] },
  ],
  [
    "@Public() contradicts @DenyImpersonation(), which requires a caller of the kind 'user'. Remove one of them.",
    { handler: [Public(), DenyImpersonation()] },
  ],
  [
    "@OptionalUser() contradicts @RequireOrgMember(), which requires a caller of the kind 'user'. Remove one of them.",
    { handler: [OptionalUser(), member] },
  ],
  [
    `@OptionalUser() contradicts @RequireOrgRole(), which requires a caller of the kind 'user'. Remove @OptionalUser(), ${OVERRIDE}`,
    { handler: [OptionalUser()], class: [owner] },
  ],
  [
    `@OptionalUser() contradicts @RequirePermission(), which requires a caller of the kind 'user'. Remove @OptionalUser(), ${OVERRIDE}`,
    { handler: [OptionalUser()], parent: [mayView] },
  ],
  [
    `@OptionalUser() contradicts @RequireStepUpMfa('PAY'), which requires a caller of the kind 'user'. Remove @OptionalUser(), ${OVERRIDE}`,
    { handler: [OptionalUser()], class: [RequireStepUpMfa('PAY')] },
  ],
  [
    "@RequireApiKey() contradicts @RequireStepUpMfa('PAY'), which requires a caller of the kind 'user'. Remove one of them.",
    { handler: [RequireApiKey(), RequireStepUpMfa('PAY')] },
  ],
  [
    "@RequireUserOrApiKey() contradicts @RequireStepUpMfa('PAY'), which requires a caller of the kind 'user'. Name the callers of the " +
      'handler, as in @RequireUser().',
    { handler: [RequireStepUpMfa('PAY')], class: [RequireUserOrApiKey()] },
  ],
  [
    "@RequireApiKey() contradicts @DenyImpersonation(), which requires a caller of the kind 'user'. Name the callers of the handler, as in " +
      '@RequireUser().',
    { handler: [DenyImpersonation()], class: [RequireApiKey()] },
  ],
  [
    '@OverrideRules() has no effect, because its class and the parent classes have no rules. Remove it.',
    { handler: [OverrideRules(), member], class: [RequireUser()] },
  ],
  [
    '@OverrideRules() has no effect, because @Public() lifts the rules of the class already. Remove it.',
    { handler: [OverrideRules(), Public()], class: [owner] },
  ],
  [
    '@CurrentUser() never has a value under @Public(), which ignores access tokens. Use @OptionalUser() instead of @Public().',
    { handler: [Public()], parameter: CurrentUser() },
    { handler: [Public()], parameter: CurrentUser('email') },
    { class: [Public()], parameter: CurrentUser() },
  ],
  [
    '@CurrentUser() never has a value under @RequireApiKey(), since callers are no users there. Use @CurrentCaller(), or accept users as well.',
    { handler: [RequireApiKey()], parameter: CurrentUser() },
  ],
  [
    '@CurrentApiKey() never has a value on a handler that does not accept API keys. Add @RequireApiKey() or @RequireUserOrApiKey().',
    { handler: [RequireUser()], parameter: CurrentApiKey() },
  ],
  [
    '@CurrentOrg() never has a value without an organization rule. Add @RequireOrgMember() or remove the parameter.',
    { handler: [RequireUser()], parameter: CurrentOrg() },
    { handler: [Public()], class: [member], parameter: CurrentOrg('orgId') },
    { handler: [OverrideRules()], class: [member], parameter: CurrentOrg() },
  ],
  [
    "The kind 'imported' rejects every API key, because PropelAuth is not asked about imported keys. Set apiKeys: { imported: true } in " +
      'PropelAuthModule.forRoot().',
    { handler: [RequireApiKey({ kind: 'imported' })] },
  ],
  [
    `${PERSONAL_KEYS}, ${OVERRIDE}`,
    { handler: [RequireApiKey({ kind: 'personal' })], class: [member] },
    { handler: [RequireApiKey({ kind: 'personal', metadata: { ci: true } })], class: [member] },
  ],
  [`${PERSONAL_KEYS}.`, { handler: [owner], class: [RequireUserOrApiKey({ kind: 'personal' })] }],
  [
    `${PERSONAL_KEYS.replace('personal', 'generic')}, ${OVERRIDE}`,
    { handler: [RequireApiKey({ kind: 'generic' })], class: [member] },
  ],
  [
    `${ONE_HEADER}, ${OVERRIDE}`,
    { handler: [RequireStepUpMfa('PAY')], class: [RequireStepUpMfa('SIGN')] },
  ],
  [
    `${ONE_HEADER}.`,
    { handler: [RequireStepUpMfa('PAY'), RequireStepUpMfa('SIGN')] },
    { class: [RequireStepUpMfa('PAY'), RequireStepUpMfa('SIGN')] },
  ],
  [
    'The option uncheckedOrg of @RequireUser() contradicts @RequireOrgMember(), which checks the organization. Remove one of them.',
    { handler: [RequireUser({ uncheckedOrg: true }), member] },
    { class: [RequireUser({ uncheckedOrg: true }), member] },
  ],
  [
    `The option uncheckedOrg of @RequireApiKey() contradicts @RequireOrgRole(), which checks the organization. Remove one of them, ${OVERRIDE}`,
    { handler: [RequireApiKey({ uncheckedOrg: true })], class: [owner] },
  ],
];

/** What looks similar and is meant. */
const MEANT: WrittenRules[] = [
  { handler: [Public()], class: [member, RequireUser()] },
  { handler: [Public()], parent: [owner] },
  { handler: [Public()], class: [RequireApiKey()] },
  { handler: [OptionalUser()], class: [RequireUser()] },
  { handler: [OptionalUser()], parameter: CurrentUser() },
  { handler: [RequireUser(), member, owner] },
  { handler: [member], class: [RequireUser({ uncheckedOrg: true })] },
  { handler: [member], parameter: CurrentUser() },
  { class: [member], parameter: CurrentOrg() },
  { parent: [member], parameter: CurrentOrg() },
  { handler: [RequireApiKey()], class: [RequireUser()] },
  { handler: [RequireApiKey(), owner], class: [member] },
  { handler: [RequireApiKey({ kind: 'org' })], class: [RequireApiKey({ kind: 'personal' })] },
  { handler: [RequireApiKey({ kind: 'org' }), RequireApiKey({ kind: 'org' })] },
  { handler: [RequireUserOrApiKey()], parameter: CurrentApiKey() },
  { handler: [RequireUserOrApiKey(), DenyImpersonation()], parameter: CurrentUser() },
  { handler: [RequireStepUpMfa('PAY'), RequireStepUpMfa('SIGN', { grantHeader: 'x-sign' })] },
  { handler: [OverrideRules(), member], class: [owner] },
  { handler: [OverrideRules(), RequireUser({ uncheckedOrg: true })], class: [owner] },
];

describe('Contradicting access rules', () => {
  const all = CONTRADICTIONS.flatMap(([finding, ...written]) =>
    written.map((one) => ({ finding, written: one })),
  );
  const controllers = reportsControllers(all.map(({ written }) => written));
  const findings = all.map(
    ({ finding }, index) => `- Reports${index}.show (GET /${index}/:orgId): ${finding}`,
  );

  it.each([false, true])(
    'fail startup, each with its finding, under requireUserByDefault: %s',
    async (requireUserByDefault) => {
      const failure = await failureOf(startGuarded({ controllers }, { requireUserByDefault }));
      expect(failure).toBeInstanceOf(PropelAuthConfigurationError);
      const [heading, ...lines] = (failure as Error).message.split('\n');
      expect(heading).toBe('These access rules cannot work as they are written:');
      expect(lines.toSorted()).toEqual(findings.toSorted());
    },
  );

  it('end with @OverrideRules(), where the finding names it', async () => {
    const overriding = all
      .filter(({ finding }) => finding.endsWith(OVERRIDE))
      .map(({ written }) => ({
        ...written,
        handler: [OverrideRules(), ...(written.handler ?? [])],
      }));
    expect(await messageOf(startGuarded({ controllers: reportsControllers(overriding) }))).toBe('');
  });

  it('are not found where rules look similar and are meant', async () => {
    expect(await messageOf(startGuarded({ controllers: reportsControllers(MEANT) }))).toBe('');
  });
});

/** Classes whose decorator opens none of their handlers, and what startup says of each: where the decorator is, and which one it is. */
const DEAD_OPENINGS: [subject: string, WrittenRules][] = [
  ['Reports0: @Public()', { class: [Public()], handler: [member], second: [member] }],
  ['Reports1: @Public()', { class: [Public()], handler: [RequireUser()], second: [Public()] }],
  ['Reports2: @Public()', { class: [Public(), member], second: [] }],
  [
    'Reports3: @Public()',
    { class: [Public()], handler: [RequireStepUpMfa('PAY')], second: [OptionalUser()] },
  ],
  ['Reports4: @OptionalUser()', { class: [OptionalUser()], handler: [member], second: [member] }],
  ['Reports5: @OptionalUser()', { class: [OptionalUser(), member], second: [] }],
  ['Base: @Public()', { parent: [Public()], handler: [member], second: [member] }],
];

describe('A class whose decorator opens none of its handlers', () => {
  const DEAD =
    'on the class has no effect, because each of its handlers has another decorator for the caller, or a rule that requires one, its own ' +
    'or one of globalRules. Remove it, or move it to the handlers that it is for.';

  it('fails startup', async () => {
    const controllers = reportsControllers(DEAD_OPENINGS.map(([, written]) => written));
    const lines = (await messageOf(startGuarded({ controllers }))).split('\n');
    expect(lines.filter((line) => line.includes('on the class'))).toEqual(
      DEAD_OPENINGS.map(([subject]) => `- ${subject} ${DEAD}`),
    );
  });

  it('fails startup if it is a resolver', async () => {
    @Resolver()
    @Public()
    class ReportsResolver {
      @Query(() => Boolean)
      @RequireUser()
      reports() {
        return true;
      }
    }
    const start = startGuarded({ imports: [graphqlModule()], providers: [ReportsResolver] });
    expect(await messageOf(start)).toContain(`\n- ReportsResolver: @Public() ${DEAD}`);
  });

  it('is accepted if it opens one of them, one of a subclass, or says where the token is', async () => {
    const controllers = reportsControllers([
      { class: [Public()], second: [member] },
      { class: [OptionalUser()], second: [member] },
      {
        class: [OptionalUser({ tokenSource: () => undefined })],
        handler: [member],
        second: [member],
      },
    ]);
    class Base {}
    Public()(Base);
    class GuardedController extends Base {
      @Get('reports')
      @RequireUser()
      list() {}
    }
    class StatusController extends Base {
      @Get('status')
      show() {}
    }
    for (const type of [GuardedController, StatusController]) {
      Controller()(type);
      controllers.push(type);
    }
    expect(await messageOf(startGuarded({ controllers }))).toBe('');
  });
});

describe("Under startupAudit: 'warn'", () => {
  const logger = new RecordingLogger();
  const logTo = (app: INestApplication) => app.useLogger(logger);

  const people = { nobody: null, alice, carol, dave };
  const members = { nobody: 401, alice: 200, carol: 200, dave: 403 };
  const owners = { nobody: 401, alice: 200, carol: 403, dave: 403 };
  const none = { nobody: 403, alice: 403, carol: 403, dave: 403 };

  const ANSWERS: [string, WrittenRules, Record<keyof typeof people, number>][] = [
    ['@Public() with @RequireUser()', { handler: [Public(), RequireUser()] }, none],
    ['@RequireUser() with @Public()', { handler: [RequireUser(), Public()] }, none],
    ['both on the class', { class: [Public(), RequireUser()] }, none],
    ['both under a rule', { handler: [Public(), RequireUser()], class: [owner] }, none],
    ['@OptionalUser() with @RequireUser()', { handler: [OptionalUser(), RequireUser()] }, none],
    ['@Public() with @OptionalUser()', { handler: [Public(), OptionalUser()] }, none],
    ['@RequireApiKey() with @RequireUser()', { handler: [RequireApiKey(), RequireUser()] }, none],
    [
      'step-up MFA under @RequireUserOrApiKey()',
      { handler: [RequireStepUpMfa('PAY')], class: [RequireUserOrApiKey()] },
      none,
    ],
    ['@Public() with a rule', { handler: [Public(), member] }, members],
    ['a rule beside @Public()', { handler: [member, Public()] }, members],
    ['@Public() under a stricter rule', { handler: [Public(), member], class: [owner] }, owners],
    ['@OptionalUser() with a rule', { handler: [OptionalUser(), member] }, members],
    ['@OptionalUser() under a rule', { handler: [OptionalUser()], class: [owner] }, owners],
    ['an inherited rule', { handler: [OptionalUser()], parent: [owner] }, owners],
  ];

  const application = beforeTests(() =>
    startGuarded(
      { controllers: reportsControllers(ANSWERS.map(([, written]) => written)) },
      { startupAudit: 'warn' },
      logTo,
    ),
  );

  it('startup logs all findings in one warning', () => {
    const [warning, ...others] = logger.of('warn');
    for (const index of ANSWERS.keys()) expect(warning).toContain(`(GET /${index}/:orgId)`);
    expect(others).toEqual([]);
    expect(logger.of('error')).toEqual([]);
  });

  it('startup logs nothing without findings', async () => {
    const silent = new RecordingLogger();
    await startGuarded(
      { controllers: reportsControllers([{ handler: [member] }]) },
      { startupAudit: 'warn' },
      (app) => app.useLogger(silent),
    );
    expect(silent.of('warn')).toEqual([]);
  });

  it.each(ANSWERS.map(([what, , expected], index) => [what, index, expected] as const))(
    'calls let in nobody whom one of contradicting rules rejects: %s',
    async (_what, index, expected) => {
      const answers: Record<string, number> = {};
      for (const [name, user] of Object.entries(people)) {
        const { status } = await request(application.url, user).get(`/${index}/${ACME_ID}`);
        answers[name] = status;
      }
      expect(answers).toEqual(expected);
    },
  );
});
