import { Controller, Get, UseGuards, type Type } from '@nestjs/common';
import {
  CurrentApiKey,
  CurrentOrg,
  CurrentUser,
  DenyImpersonation,
  OptionalUser,
  OverrideRules,
  PropelAuthConfigurationError,
  PropelAuthGuard,
  PropelAuthModule,
  Public,
  RequireApiKey,
  RequireOrgMember,
  RequireOrgRole,
  RequirePermission,
  RequireStepUpMfa,
  RequireUser,
  RequireUserOrApiKey,
  type OrgMemberInfo,
  type User,
} from 'nestjs-propelauth';
import { TestIssuer } from 'nestjs-propelauth/testing';
import { failureOf, startApplication, type RunningApplication } from '../support/application.js';
import { reportsController, type WrittenRules } from './reports-controller.js';

const issuer = await TestIssuer.create();

function start(
  controllers: Type[],
  options: { requireUserByDefault?: boolean } = {},
): Promise<RunningApplication> {
  return startApplication({
    imports: [PropelAuthModule.forRoot({ ...issuer.moduleOptions, ...options })],
    controllers,
  });
}

const member = RequireOrgMember();
const owner = RequireOrgRole('Owner');

/** The way out where the class adds what the handler contradicts. */
const OVERRIDE = 'or add @OverrideRules(): the rules of a handler add to those of its class.';

/** The way out where the class names callers who cannot meet a rule of the handler. */
const NAME_CALLERS = 'Name the callers of the handler, as in @RequireUser().';

/** What is written, and the words that the finding has to hold: what contradicts what, and the way out. */
const contradictions: [string, WrittenRules, string[]][] = [
  [
    '@Public() with @RequireUser()',
    { handler: [Public(), RequireUser()] },
    ['@Public()', '@RequireUser()', 'Remove one'],
  ],
  [
    '@OptionalUser() with @RequireUser()',
    { handler: [RequireUser(), OptionalUser()] },
    ['@OptionalUser()', '@RequireUser()', 'Remove one'],
  ],
  [
    '@Public() with @OptionalUser()',
    { handler: [OptionalUser(), Public()] },
    ['@OptionalUser()', '@Public()', 'Remove one'],
  ],
  [
    '@Public() with @RequireOrgMember()',
    { handler: [Public(), member] },
    ['@Public()', '@RequireOrgMember()', 'Remove one of them'],
  ],
  [
    '@Public() with @RequireOrgRole()',
    { handler: [owner, Public()] },
    ['@Public()', '@RequireOrgRole()', 'Remove one of them'],
  ],
  [
    '@Public() with @RequirePermission()',
    { handler: [Public(), RequirePermission('can_view_reports')] },
    ['@Public()', '@RequirePermission()', 'Remove one of them'],
  ],
  [
    '@OptionalUser() with @RequireOrgMember()',
    { handler: [OptionalUser(), member] },
    ['@OptionalUser()', '@RequireOrgMember()', 'Remove one of them'],
  ],
  [
    '@OptionalUser() under a rule of the class',
    { handler: [OptionalUser()], class: [owner] },
    ['@OptionalUser()', '@RequireOrgRole()', OVERRIDE],
  ],
  [
    'a rule that is inherited',
    { handler: [OptionalUser()], parent: [RequirePermission('can_view_reports')] },
    ['@OptionalUser()', '@RequirePermission()', OVERRIDE],
  ],
  [
    '@OverrideRules() without a rule of the class',
    { handler: [OverrideRules(), member], class: [RequireUser()] },
    ['@OverrideRules() has no effect', 'the parent classes have no rules. Remove it'],
  ],
  [
    '@OverrideRules() with @Public()',
    { handler: [OverrideRules(), Public()], class: [owner] },
    ['@OverrideRules() has no effect', '@Public() lifts the rules of the class already'],
  ],
  [
    '@CurrentOrg() where the organization rule of the class is dropped',
    { handler: [OverrideRules()], class: [member], parameter: CurrentOrg() },
    ['@CurrentOrg()', 'Add @RequireOrgMember()'],
  ],
  [
    '@CurrentUser() under @Public()',
    { handler: [Public()], parameter: CurrentUser() },
    ['@CurrentUser()', '@Public()', 'Use @OptionalUser()'],
  ],
  [
    'a property of @CurrentUser() under @Public()',
    { handler: [Public()], parameter: CurrentUser('email') },
    ['@CurrentUser()', '@Public()', 'Use @OptionalUser()'],
  ],
  [
    '@CurrentUser() under @Public() on the class',
    { class: [Public()], parameter: CurrentUser() },
    ['@CurrentUser()', '@Public()', 'Use @OptionalUser()'],
  ],
  [
    '@CurrentOrg() without an organization rule',
    { handler: [RequireUser()], parameter: CurrentOrg() },
    ['@CurrentOrg()', 'Add @RequireOrgMember()'],
  ],
  [
    '@CurrentOrg() where the rules of the class are lifted',
    { handler: [Public()], class: [member], parameter: CurrentOrg('orgId') },
    ['@CurrentOrg()', 'Add @RequireOrgMember()'],
  ],
  [
    '@RequireApiKey() with @RequireUser()',
    { handler: [RequireApiKey(), RequireUser()] },
    ['@RequireApiKey()', '@RequireUser()', 'Remove one'],
  ],
  [
    '@RequireApiKey() with @RequireUserOrApiKey()',
    { handler: [RequireApiKey(), RequireUserOrApiKey()] },
    ['@RequireApiKey()', '@RequireUserOrApiKey()', 'Remove one'],
  ],
  [
    '@Public() with @DenyImpersonation()',
    { handler: [Public(), DenyImpersonation()] },
    ['@Public()', '@DenyImpersonation()', 'Remove one of them'],
  ],
  [
    '@OptionalUser() under step-up MFA of the class',
    { handler: [OptionalUser()], class: [RequireStepUpMfa('PAY')] },
    ['@OptionalUser()', "@RequireStepUpMfa('PAY')", OVERRIDE],
  ],
  [
    '@RequireApiKey() with step-up MFA',
    { handler: [RequireApiKey(), RequireStepUpMfa('PAY')] },
    ['@RequireApiKey()', "@RequireStepUpMfa('PAY')", 'Remove one of them'],
  ],
  [
    '@RequireUserOrApiKey() on the class of a handler with step-up MFA',
    { handler: [RequireStepUpMfa('PAY')], class: [RequireUserOrApiKey()] },
    ['@RequireUserOrApiKey()', "@RequireStepUpMfa('PAY')", NAME_CALLERS],
  ],
  [
    '@RequireApiKey() with @DenyImpersonation()',
    { handler: [DenyImpersonation()], class: [RequireApiKey()] },
    ['@RequireApiKey()', '@DenyImpersonation()', NAME_CALLERS],
  ],
  [
    "@RequireApiKey({ kind: 'imported' }) without apiKeys.imported",
    { handler: [RequireApiKey({ kind: 'imported' })] },
    ["The kind 'imported' rejects every API key", 'Set apiKeys: { imported: true }'],
  ],
  [
    '@RequireApiKey() twice, for different kinds of keys',
    { handler: [RequireApiKey(), RequireApiKey({ kind: 'org' })] },
    ['@RequireApiKey()', 'is used twice', 'Remove one'],
  ],
  [
    '@RequireUserOrApiKey() twice on the class, for different kinds of keys',
    { class: [RequireUserOrApiKey({ kind: 'org' }), RequireUserOrApiKey({ kind: 'personal' })] },
    ['@RequireUserOrApiKey()', 'is used twice', 'Remove one'],
  ],
  [
    'an organization rule for personal keys',
    { handler: [RequireApiKey({ kind: 'personal' })], class: [member] },
    ['organization rule', "'personal'", "'org'", OVERRIDE],
  ],
  [
    'an organization rule for personal keys with metadata',
    { handler: [RequireApiKey({ kind: 'personal', metadata: { ci: true } })], class: [member] },
    ['organization rule', "'personal'", OVERRIDE],
  ],
  [
    'an organization rule for keys without an owner',
    { handler: [RequireApiKey({ kind: 'generic' })], class: [member] },
    ['organization rule', "'generic'", "'org'"],
  ],
  [
    'an organization rule for users and personal keys',
    { handler: [owner], class: [RequireUserOrApiKey({ kind: 'personal' })] },
    ["accept keys of the kind 'org'."],
  ],
  [
    'two kinds of action with their grants in one header',
    { handler: [RequireStepUpMfa('PAY')], class: [RequireStepUpMfa('SIGN')] },
    ['x-step-up-grant', 'its own grantHeader', OVERRIDE],
  ],
  [
    'two kinds of action with their grants in one header on the handler',
    { handler: [RequireStepUpMfa('PAY'), RequireStepUpMfa('SIGN')] },
    ['or give each its own grantHeader.'],
  ],
  [
    'two kinds of action with their grants in one header on the class',
    { class: [RequireStepUpMfa('PAY'), RequireStepUpMfa('SIGN')] },
    ['or give each its own grantHeader.'],
  ],
  [
    '@CurrentUser() under @RequireApiKey()',
    { handler: [RequireApiKey()], parameter: CurrentUser() },
    ['@CurrentUser()', '@RequireApiKey()', 'Use @CurrentCaller()'],
  ],
  [
    '@CurrentApiKey() under @RequireUser()',
    { handler: [RequireUser()], parameter: CurrentApiKey() },
    ['@CurrentApiKey()', 'Add @RequireApiKey()'],
  ],
  [
    'uncheckedOrg with an organization rule',
    { handler: [RequireUser({ uncheckedOrg: true }), member] },
    ['uncheckedOrg', '@RequireUser()', '@RequireOrgMember()', 'Remove one of them.'],
  ],
  [
    'uncheckedOrg under an organization rule of the class',
    { handler: [RequireApiKey({ uncheckedOrg: true })], class: [owner] },
    ['uncheckedOrg', '@RequireApiKey()', '@RequireOrgRole()', OVERRIDE],
  ],
  [
    'uncheckedOrg on a class with an organization rule',
    { class: [RequireUser({ uncheckedOrg: true }), member] },
    ['uncheckedOrg', '@RequireUser()', '@RequireOrgMember()', 'Remove one of them.'],
  ],
];

/** What looks similar and is meant. */
const agreements: [string, WrittenRules][] = [
  ['@Public() over rules of the class', { handler: [Public()], class: [member, RequireUser()] }],
  ['@Public() over inherited rules', { handler: [Public()], parent: [owner] }],
  ['@OptionalUser() over @RequireUser()', { handler: [OptionalUser()], class: [RequireUser()] }],
  [
    'an organization rule under a class with uncheckedOrg',
    { handler: [member], class: [RequireUser({ uncheckedOrg: true })] },
  ],
  ['@RequireUser() with rules', { handler: [RequireUser(), member, owner] }],
  ['@CurrentUser() under rules', { handler: [member], parameter: CurrentUser() }],
  ['an optional @CurrentUser()', { handler: [OptionalUser()], parameter: CurrentUser() }],
  ['@CurrentOrg() under a rule of the class', { class: [member], parameter: CurrentOrg() }],
  ['@CurrentOrg() under an inherited rule', { parent: [member], parameter: CurrentOrg() }],
  ['@RequireApiKey() over @RequireUser()', { handler: [RequireApiKey()], class: [RequireUser()] }],
  ['@RequireApiKey() under rules', { handler: [RequireApiKey(), owner], class: [member] }],
  [
    '@RequireApiKey() for other keys than on the class',
    { handler: [RequireApiKey({ kind: 'org' })], class: [RequireApiKey({ kind: 'personal' })] },
  ],
  [
    '@RequireApiKey() twice, for the same keys',
    { handler: [RequireApiKey({ kind: 'org' }), RequireApiKey({ kind: 'org' })] },
  ],
  ['@Public() over @RequireApiKey()', { handler: [Public()], class: [RequireApiKey()] }],
  [
    '@CurrentApiKey() for users and API keys',
    { handler: [RequireUserOrApiKey()], parameter: CurrentApiKey() },
  ],
  [
    '@DenyImpersonation() for users and API keys',
    { handler: [RequireUserOrApiKey(), DenyImpersonation()], parameter: CurrentUser() },
  ],
  [
    'two kinds of step-up MFA with separate headers',
    { handler: [RequireStepUpMfa('PAY'), RequireStepUpMfa('SIGN', { grantHeader: 'x-sign' })] },
  ],
  ['@OverrideRules() with another rule', { handler: [OverrideRules(), member], class: [owner] }],
  [
    '@OverrideRules() with uncheckedOrg',
    { handler: [OverrideRules(), RequireUser({ uncheckedOrg: true })], class: [owner] },
  ],
];

@Controller('first')
class FirstController {
  @Get('public')
  @Public()
  show(@CurrentUser() user: User) {
    return user;
  }

  @Get('optional/:orgId')
  @OptionalUser()
  @RequireOrgRole('Owner')
  list() {
    return [];
  }
}

@Controller('second')
@UseGuards(PropelAuthGuard)
class SecondController {
  @Get()
  find(@CurrentOrg() org: OrgMemberInfo) {
    return org;
  }

  @Get('fine')
  fine(@CurrentUser() user: User) {
    return user;
  }
}

describe('contradicting access rules', () => {
  it.each(contradictions)('fail startup: %s', async (_what, written, words) => {
    for (const requireUserByDefault of [false, true]) {
      const error = await failureOf(start([reportsController(written)], { requireUserByDefault }));
      expect(error).toBeInstanceOf(PropelAuthConfigurationError);
      const { message } = error as Error;
      expect(message).toContain('ReportsController.show');
      for (const word of words) expect(message).toContain(word);
    }
  });

  it.each(contradictions.filter(([, , words]) => words.includes(OVERRIDE)))(
    'end with @OverrideRules(), if the message names it: %s',
    async (_what, { handler = [], ...written }) => {
      const overriding = reportsController({ ...written, handler: [OverrideRules(), ...handler] });
      expect(await failureOf(start([overriding]))).toBeUndefined();
    },
  );

  it.each(agreements)('are not reported for: %s', async (_what, written) => {
    expect(await failureOf(start([reportsController(written)]))).toBeUndefined();
  });

  it('are all listed in one error', async () => {
    const error = await failureOf(start([FirstController, SecondController]));
    const findings = (error as Error).message
      .split('\n')
      .filter((line) => line.includes('Controller.'));
    expect(findings.map((line) => /\w+Controller\.\w+/.exec(line)?.[0])).toEqual([
      'FirstController.show',
      'FirstController.list',
      'SecondController.find',
    ]);
  });
});
