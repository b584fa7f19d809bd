import { Controller, Get, type Type } from '@nestjs/common';
import {
  DenyImpersonation,
  OptionalUser,
  orgFromHeader,
  PropelAuthModule,
  Public,
  RequireApiKey,
  RequireOrgMember,
  RequireStepUpMfa,
  RequireUser,
  RequireUserOrApiKey,
} from 'nestjs-propelauth';
import { RequireMcpToken, RequireScope } from 'nestjs-propelauth/mcp';
import { startApplication } from '../support/application.js';
import { issuer } from '../support/guarded-application.js';
import { McpPropelAuth, mcpUser } from '../support/mcp.js';
import { ACME, ACME_ID } from '../support/project.js';
import { decorateHandler } from '../support/routes.js';

const CALLERS = {
  none: undefined,
  user: RequireUser(),
  optional: OptionalUser(),
  public: Public(),
  'api-key': RequireApiKey(),
  either: RequireUserOrApiKey(),
  mcp: RequireMcpToken(),
};
const RULES = {
  none: undefined,
  scope: RequireScope('read:reports'),
  org: RequireOrgMember({ org: orgFromHeader('x-org-id') }),
  impersonation: DenyImpersonation(),
  'step-up': RequireStepUpMfa('PAY'),
};
type CallerName = keyof typeof CALLERS;
type RuleName = keyof typeof RULES;

/** The decorators of a handler and of its class. */
interface Written {
  readonly onHandler: readonly [CallerName, RuleName];
  readonly onClass: readonly [CallerName, RuleName];
}

const ON_HANDLER = namesOf(CALLERS).flatMap((caller) =>
  namesOf(RULES).map((rule) => [caller, rule] as const),
);
const ON_CLASS = (['none', 'user', 'public', 'mcp'] as const).flatMap((caller) =>
  (['none', 'scope', 'org'] as const).map((rule) => [caller, rule] as const),
);
const ALL: Written[] = ON_HANDLER.flatMap((onHandler) =>
  ON_CLASS.map((onClass) => ({ onHandler, onClass })),
);

function namesOf<Name extends string>(named: Record<Name, unknown>): Name[] {
  return Object.keys(named) as Name[];
}

function inWords({ onHandler, onClass }: Written): string {
  return `${onHandler.join('+')} in ${onClass.join('+')}`;
}

function controllerOf({ onHandler, onClass }: Written, index: number): Type {
  class WrittenController {
    @Get()
    handle() {}
  }
  const decorators = [CALLERS[onHandler[0]], RULES[onHandler[1]]];
  decorateHandler(
    WrittenController,
    'handle',
    ...decorators.filter((decorator) => decorator !== undefined),
  );
  for (const decorate of [CALLERS[onClass[0]], RULES[onClass[1]]]) decorate?.(WrittenController);
  Controller(`written/${index}`)(WrittenController);
  return WrittenController;
}

const CREDENTIALS = ['nothing', 'user', 'key', 'mcp', 'mcp-without-scope'] as const;
type Credential = (typeof CREDENTIALS)[number];

/** Which callers each decorator that names one lets in. */
const LET_IN: Record<CallerName, readonly Credential[]> = {
  none: CREDENTIALS,
  public: CREDENTIALS,
  optional: CREDENTIALS,
  user: ['user'],
  'api-key': ['key'],
  either: ['user', 'key'],
  mcp: ['mcp', 'mcp-without-scope'],
};

/** Which callers each rule can say yes or no of. */
const CHECKS: Record<RuleName, readonly CallerName[]> = {
  none: namesOf(CALLERS),
  scope: ['mcp'],
  org: ['user', 'api-key', 'either', 'mcp'],
  impersonation: ['user', 'either'],
  'step-up': ['user'],
};

/** Whom the rules let in by the page "Require a user", in few words. All are members of Acme, and nobody has a step-up grant. */
function expected({ onHandler, onClass }: Written): Credential[] {
  const isLifted = onHandler[0] === 'public' && onHandler[1] === 'none';
  const rules = (isLifted ? [] : [onHandler[1], onClass[1]]).filter((rule) => rule !== 'none');
  const said = onHandler[0] === 'none' ? onClass[0] : onHandler[0];
  const implied = rules.includes('scope') ? 'mcp' : 'user';
  const isImplied = rules.length > 0 && ['none', 'public', 'optional'].includes(said);
  const caller = isImplied ? implied : said;
  if (!rules.every((rule) => CHECKS[rule].includes(caller))) return [];
  if (rules.includes('step-up')) return [];
  return LET_IN[caller].filter(
    (credential) => !rules.includes('scope') || credential !== 'mcp-without-scope',
  );
}

function bearer(token: string) {
  return { authorization: `Bearer ${token}` };
}

describe('Every decorator for a caller, with every rule, on handlers and classes', () => {
  it('allows exactly the callers that the rules name, even if they contradict each other', async () => {
    const propelAuth = await McpPropelAuth.start();
    const alice = mcpUser('alice', { ...ACME, role: 'Owner' });
    const org = { org_id: ACME_ID, org_name: ACME.orgName };
    propelAuth.apiKeys.set('key', { status: 200, body: { org } });
    const { url } = await startApplication({
      imports: [PropelAuthModule.forRoot({ ...propelAuth.moduleOptions, startupAudit: 'warn' })],
      controllers: ALL.map(controllerOf),
    });
    const headers: Record<Credential, Record<string, string>> = {
      nothing: {},
      user: bearer(await issuer.accessToken(alice)),
      key: { 'x-api-key': 'key' },
      mcp: bearer(propelAuth.token(alice)),
      'mcp-without-scope': bearer(propelAuth.token(alice, ['write:reports'])),
    };
    const different: string[] = [];
    for (const [index, written] of ALL.entries()) {
      const letIn: Credential[] = [];
      for (const credential of CREDENTIALS) {
        const sent = { ...headers[credential], 'x-org-id': ACME_ID };
        const { status } = await fetch(`${url}/written/${index}`, { headers: sent });
        if (status === 200) letIn.push(credential);
        else if (status !== 401 && status !== 403) different.push(`${inWords(written)}: ${status}`);
      }
      const right = expected(written);
      if (letIn.join() !== right.join()) {
        different.push(`${inWords(written)}: ${letIn.join()} instead of ${right.join()}`);
      }
    }
    expect(different).toEqual([]);
  }, 60_000);
});
